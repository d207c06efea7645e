import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { UploadKind } from './store.ts';

/** What applications' addresses begin with where the platform answers in their place. */
export const LINK_PATH = '/.talkide/files/';

/** What a link allows, on the addresses of one application's release only. */
const Allowed = z.object({
  method: z.enum(['GET', 'PUT']),
  name: z.string(),
  /** Seconds since 1970. */
  until: z.number().int(),
  /** GET: it is saved instead of shown. */
  download: z.boolean().optional(),
  /** PUT: what may be sent. */
  maxBytes: z.number().int().optional(),
  type: z.string().optional(),
});
export type Allowed = z.infer<typeof Allowed>;

export interface LinkPlace {
  projectId: string;
  kind: UploadKind;
}

export interface Links {
  /** A path and query below the application's address. */
  sign(place: LinkPlace, allowed: Allowed): string;
  /** What a path allows here and now; null when it was not made by us for this place, or has run out. */
  read(place: LinkPlace, url: string): Allowed | null;
}

/** Signs links with a key; the last part of the path is for people and is checked too. */
export function createLinks(key: string, now: () => number = Date.now): Links {
  const signature = ({ projectId, kind }: LinkPlace, payload: string) =>
    createHmac('sha256', key).update(`${projectId}\0${kind}\0${payload}`).digest('base64url');
  const shown = (name: string) => encodeURIComponent(name.split('/').at(-1) ?? name);

  return {
    sign(place, allowed) {
      const payload = Buffer.from(JSON.stringify(allowed)).toString('base64url');
      return `${LINK_PATH}${payload}.${signature(place, payload)}/${shown(allowed.name)}`;
    },
    read(place, url) {
      const [, payload, given, last] = /^\/\.talkide\/files\/([\w-]+)\.([\w-]+)\/([^/?]+)$/.exec(url) ?? [];
      if (payload === undefined || given === undefined) return null;
      const expected = Buffer.from(signature(place, payload));
      const actual = Buffer.from(given);
      if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return null;
      const allowed = Allowed.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
      return allowed.until * 1000 > now() && shown(allowed.name) === last ? allowed : null;
    },
  };
}
