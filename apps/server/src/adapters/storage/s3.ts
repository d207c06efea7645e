import type { Readable } from 'node:stream';
import type { ObjectStorage } from './storage.ts';
import { checkKey } from './storage.ts';

export interface S3Options {
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Of a server other than Amazon's; its buckets are then part of the path. */
  endpoint: string | undefined;
}

const DELETED_AT_ONCE = 1_000;
const isMissing = (error: unknown) =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

/** Objects in a bucket of any S3-compatible server. The library is loaded here and not before: it is large. */
export async function createS3Storage(options: S3Options): Promise<ObjectStorage> {
  const [s3, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  const { bucket: Bucket, region, endpoint, accessKeyId, secretAccessKey } = options;
  const client = new s3.S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    credentials: { accessKeyId, secretAccessKey },
    // Many compatible servers know no other checksums than those that a call needs.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

  return {
    async put(key, body) {
      let bytes = 0;
      const counted = body.map((chunk: Buffer) => {
        bytes += chunk.length;
        return chunk;
      });
      // In parts, because how much comes is not known; parts that came are given up when it breaks off.
      const upload = new Upload({ client, params: { Bucket, Key: checkKey(key), Body: counted }, queueSize: 2 });
      await upload.done();
      return { bytes };
    },
    async get(key, range) {
      const part = range && { Range: `bytes=${range.start}-${range.end}` };
      const found = await client
        .send(new s3.GetObjectCommand({ Bucket, Key: checkKey(key), ...part }))
        .catch((error: unknown) => {
          if (isMissing(error)) return null;
          throw error;
        });
      if (!found) return null;
      const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1];
      return { body: found.Body as Readable, bytes: Number(whole ?? found.ContentLength ?? 0) };
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
        const Objects = keys.slice(at, at + DELETED_AT_ONCE).map((key) => ({ Key: checkKey(key) }));
        const { Errors = [] } = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
        if (Errors[0]) throw new Error(`${Errors[0].Key} was not removed: ${Errors[0].Message}`);
      }
    },
    async list(prefix, { after, limit } = {}) {
      const page = await client.send(
        new s3.ListObjectsV2Command({
          Bucket,
          Prefix: `${checkKey(prefix)}/`,
          ...(after !== undefined && { ContinuationToken: after }),
          ...(limit !== undefined && { MaxKeys: limit }),
        }),
      );
      const items = (page.Contents ?? []).map((one) => ({
        key: one.Key ?? '',
        bytes: one.Size ?? 0,
        modifiedAt: one.LastModified ?? new Date(),
      }));
      return { items, next: page.NextContinuationToken ?? null };
    },
  };
}
