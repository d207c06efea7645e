import { z } from 'zod';
import { DataKind } from './data.ts';
import { IdParams, route, Text } from './route.ts';

/** Parts joined by slashes, none of them empty or made of dots; at most 300 bytes. */
export function isUploadName(name: string): boolean {
  if (new TextEncoder().encode(name).length > 300 || name.normalize('NFC') !== name) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names have no control characters
  return name.split('/').every((part) => /^[^\u0000-\u001f\u007f\\]+$/.test(part) && !/^\.+$/.test(part));
}

export const UploadName = Text.min(1).refine(
  isUploadName,
  'A name has parts joined by slashes, at most 300 bytes, and no part is empty or only dots.',
);

/** A file that the application keeps. */
export const Upload = z.object({
  name: z.string(),
  bytes: z.number().int(),
  /** Media type as the application said. */
  type: z.string(),
  createdAt: z.iso.datetime(),
});
export type Upload = z.infer<typeof Upload>;

const tag = 'uploads';
const Place = z.object({ kind: DataKind, name: UploadName });
export const uploadRoutes = {
  listUploads: route({
    method: 'GET',
    url: '/api/projects/:id/uploads',
    access: 'user',
    tag,
    summary: 'Files that the application keeps, by name, and how much room they take',
    params: IdParams,
    query: z.object({
      kind: DataKind,
      prefix: Text.max(300).default(''),
      cursor: Text.max(300).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    responses: {
      200: z.object({
        items: z.array(Upload),
        nextCursor: z.string().nullable(),
        /** Of the preview and the published application together. */
        usedBytes: z.number().int(),
        quotaBytes: z.number().int(),
      }),
    },
  }),
  linkUpload: route({
    method: 'POST',
    url: '/api/projects/:id/uploads/link',
    access: 'user',
    tag,
    summary: 'An address from which the file can be downloaded for a few minutes',
    params: IdParams,
    body: Place,
    responses: { 200: z.object({ url: z.string() }) },
  }),
  deleteUpload: route({
    method: 'POST',
    url: '/api/projects/:id/uploads/delete',
    access: 'user',
    tag,
    summary: 'Delete a file of the application',
    params: IdParams,
    body: Place,
    responses: { 204: z.void() },
  }),
};
