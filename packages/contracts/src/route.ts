import { z } from 'zod';

/** Who may call a route: anyone, a signed-in person, or the operator. */
export type Access = 'public' | 'user' | 'admin';

/** One route of the API as data: the server binds a handler to it, the OpenAPI document and the web client come from it. */
export interface RouteContract {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the origin, with `:name` parameters. */
  url: string;
  access: Access;
  tag: string;
  summary: string;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Body limit in bytes; 64 KiB when absent. */
  bodyLimit?: number;
  /** Media types of the body and the answer where they are `z.any()`; `text/plain` when absent. */
  media?: readonly string[];
  /** Success answers by status. `z.void()` is an empty body, `z.any()` a body that is not JSON. */
  responses: Partial<Record<200 | 201 | 202 | 204, z.ZodType>>;
  /** Error codes of the catalogue that this route may answer besides the general ones. */
  errors?: readonly string[];
  /** A creating call that honours `Idempotency-Key`; `by-handler` where the answer must not be kept. */
  idempotent?: true | 'by-handler';
  /** Needs `If-Match` with the ETag of what is edited. */
  etag?: boolean;
  /** Answers a stream of server-sent events. */
  stream?: boolean;
}

export const route = <const R extends RouteContract>(contract: R): R => contract;

/** The largest key and the largest number of a version that the database can hold. */
const MAX_KEY = 2n ** 63n - 1n;
const MAX_VERSION = 2 ** 31 - 1;

/** Database keys travel as decimal strings: they are 64-bit. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .refine((text) => !/^\d+$/.test(text) || BigInt(text) <= MAX_KEY, 'No such key')
  .describe('A key, a decimal string');
/** The number of a version in a path or a query. */
export const VersionNumber = z.coerce.number().int().min(1).max(MAX_VERSION);
/** Text of people; PostgreSQL cannot hold a NUL in it. */
export const Text = z.string().refine((text) => !text.includes('\0'), 'No NUL characters, please');
export const Timestamp = z.iso.datetime().describe('RFC 3339, UTC');
/** US dollars as a decimal string. */
export const Usd = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('US dollars, a decimal string');

export const IdParams = z.object({ id: Id });

export const PageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** One page of a list; `nextCursor` is null on the last page. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
