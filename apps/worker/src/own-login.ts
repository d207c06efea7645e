import { randomBytes } from 'node:crypto';
import type { ModelDoor } from './relay.ts';

/** A developer's own `claude`, with what it needs of her environment to reach the model in her name. */
export type OwnLogin = { program: string; env: Record<string, string> };

/** The way to a model past the platform: the program knows its login, so turns open and close nothing. */
export function useOwnLogin({ program, env }: OwnLogin): ModelDoor {
  return {
    seat: () => ({
      key: `own-${randomBytes(24).toString('base64url')}`,
      access: { env, program },
      setToken: () => {},
      nameAgent: () => {},
      close: () => {},
    }),
    close: async () => {},
  };
}
