export type AppMessage = { type: 'navigate'; path: string } | { type: 'error'; message: string };

const MAX_ERROR = 4000;

/** A message from the app in the preview, if it is one. Its origin is checked by whoever listens. */
export function appMessage(data: unknown): AppMessage | null {
  if (typeof data !== 'object' || data === null || !('source' in data) || data.source !== 'talkide-app') return null;
  if (!('type' in data)) return null;
  if (data.type === 'navigate' && 'path' in data && typeof data.path === 'string') {
    return { type: 'navigate', path: data.path.slice(0, 2000) };
  }
  if (data.type === 'error' && 'message' in data && typeof data.message === 'string') {
    return { type: 'error', message: data.message.slice(0, MAX_ERROR) };
  }
  return null;
}
