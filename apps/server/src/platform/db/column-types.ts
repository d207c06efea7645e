import type { ColumnType, GeneratedAlways } from 'kysely';

/** A bigint key: digits in a string, in rows and in the API alike. */
export type Id = string;

/** A bigint that is not a key (tokens, sequence numbers): digits in a string. */
export type Bigint = string;

/** An exact decimal as PostgreSQL writes it; Money parses it. Never a JavaScript number. */
export type Numeric = string;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Read as a parsed value, written as JSON text: the driver would turn an array into a PostgreSQL array. */
export type Json = ColumnType<JsonValue, string, string>;
export type NullableJson = ColumnType<JsonValue | null, string | null | undefined, string | null>;
export type GeneratedJson = ColumnType<JsonValue, string | undefined, string>;

/** A key that the database draws. */
export type GeneratedId = GeneratedAlways<Id>;
