export type RefusedCode =
  | 'not_found'
  | 'upload_name_refused'
  | 'upload_too_large'
  | 'uploads_full'
  | 'storage_full'
  | 'link_refused'
  | 'bad_request';

const STATUS: Readonly<Record<RefusedCode, number>> = {
  ...{ not_found: 404, upload_name_refused: 400, upload_too_large: 413, uploads_full: 507, storage_full: 507 },
  ...{ link_refused: 403, bad_request: 400 },
};

const megabytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MB`;

/** Said to applications and to those who follow their links, who may be anybody: in English, without what is inside. */
const SENTENCES: Readonly<Record<RefusedCode, (limit: number) => string>> = {
  not_found: () => 'There is no such file.',
  upload_name_refused: () => 'This name cannot be used. Use letters, digits and slashes, at most 300 bytes.',
  upload_too_large: (limit) => `The file is larger than ${megabytes(limit)}. Choose a smaller one.`,
  uploads_full: (limit) => `The application's room of ${megabytes(limit)} for files is used up. Delete some first.`,
  storage_full: () => 'There is no room for files right now. Try again later.',
  link_refused: () => 'This link does not fit or is too old. Open the page again.',
  bad_request: () => 'This request cannot be understood.',
};

/** Why a file was not kept or given. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly code: RefusedCode;
  readonly status: number;

  constructor(code: RefusedCode, limitBytes = 0) {
    super(SENTENCES[code](limitBytes));
    this.code = code;
    this.status = STATUS[code];
  }
}
