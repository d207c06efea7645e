/** More than a picture of this size ever needs, and what the platform accepts. */
const MAX_BYTES = 300 * 1024;

/** What the app in the preview is asked to answer with a picture of itself. */
export const SNAPSHOT_REQUEST = { source: 'talkide', type: 'snapshot' } as const;

/** The picture in a message from the app in the preview, if it is one. Its origin is checked by whoever listens. */
export function snapshotImage(data: unknown): Blob | null {
  if (typeof data !== 'object' || data === null || !('source' in data) || data.source !== 'talkide-app') return null;
  if (!('type' in data) || data.type !== 'snapshot' || !('image' in data)) return null;
  const { image } = data;
  if (!(image instanceof ArrayBuffer) || image.byteLength === 0 || image.byteLength > MAX_BYTES) return null;
  // Browsers that cannot write WebP write PNG instead.
  const isPng = new Uint8Array(image)[0] === 0x89;
  return new Blob([image], { type: isPng ? 'image/png' : 'image/webp' });
}
