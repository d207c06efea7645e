import { api, unwrap } from '@/api/client';
import { usePreference } from './usePreference';

export const useSoundPreferences = () =>
  usePreference(
    (me) => me.sounds,
    (body) => unwrap(api.PUT('/api/me/sound-preferences', { body })),
  );

export const useNotificationPreferences = () =>
  usePreference(
    (me) => me.notifications,
    (body) => unwrap(api.PUT('/api/me/notification-preferences', { body })),
  );
