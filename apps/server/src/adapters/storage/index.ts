export { createFolderStorage } from './folder.ts';
export { createS3Storage, type S3Options } from './s3.ts';
export { type ByteRange, type ObjectStorage, StorageFull } from './storage.ts';
export { sweepObjects } from './sweep.ts';
