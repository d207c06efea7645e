import type { Locale, NotificationPreferences, SoundPreferences } from '@talkide/contracts';
import type { Tx } from '../../platform/db/index.ts';

export async function setName(tx: Tx, userId: string, name: string): Promise<void> {
  await tx.updateTable('users').set({ name }).where('id', '=', userId).execute();
}

export async function setLocale(tx: Tx, userId: string, locale: Locale): Promise<void> {
  await tx.updateTable('users').set({ locale }).where('id', '=', userId).execute();
}

export async function setSounds(tx: Tx, userId: string, sounds: SoundPreferences): Promise<void> {
  await tx
    .updateTable('users')
    .set({
      sound_new_message: sounds.newMessage,
      sound_send_message: sounds.sendMessage,
      sound_task_completed: sounds.taskCompleted,
      sound_task_error: sounds.taskError,
      sound_master_volume: sounds.masterVolume,
    })
    .where('id', '=', userId)
    .execute();
}

export async function setNotifications(tx: Tx, userId: string, wanted: NotificationPreferences): Promise<void> {
  const columns = {
    email_billing_alerts: wanted.billingAlerts,
    email_security_alerts: wanted.securityAlerts,
    email_product_updates: wanted.productUpdates,
  };
  await tx
    .insertInto('user_notification_preferences')
    .values({ user_id: userId, ...columns })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(columns))
    .execute();
}
