import type { Me } from '@talkide/contracts';
import type { Caller } from '../../platform/http/caller.ts';
import type { ProfileRow } from './store.ts';

/** The signed-in person as the API shows her. */
export const toMe = (row: ProfileRow): Me => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  locale: row.locale,
  sounds: {
    newMessage: row.sound_new_message,
    sendMessage: row.sound_send_message,
    taskCompleted: row.sound_task_completed,
    taskError: row.sound_task_error,
    masterVolume: row.sound_master_volume,
  },
  notifications: {
    billingAlerts: row.email_billing_alerts ?? true,
    securityAlerts: row.email_security_alerts ?? true,
    productUpdates: row.email_product_updates ?? true,
  },
  tenant: { id: row.tenant_id, name: row.tenant_name, slug: row.tenant_slug },
  createdAt: row.created_at.toISOString(),
});

/** The person as a caller in one of her sessions. */
export const toCaller = (row: ProfileRow, sessionId: string): Caller => ({
  userId: row.id,
  tenantId: row.tenant_id,
  sessionId,
  role: row.role,
  locale: row.locale,
});
