import type { Field } from '../shared/fields.ts';
import { date, email, integer, oneOf, readInput, text } from './input.ts';

type Stored = string | number | null;

/** Checks what was sent against the fields, and answers the columns to store; an optional field left empty is null. */
export function readFields(body: unknown, fields: Field[]): Record<string, Stored> {
  return readInput<Record<string, Stored>>(
    body,
    Object.fromEntries(fields.map((field) => [field.name, readerOf(field)])),
  );
}

function readerOf(field: Field): (value: unknown) => Stored {
  const read = ruleOf(field);
  const isEmpty = (value: unknown) => value === undefined || value === null || String(value).trim() === '';
  return field.required ? read : (value) => (isEmpty(value) ? null : read(value));
}

function ruleOf(field: Field): (value: unknown) => Stored {
  switch (field.type) {
    case 'email':
      return email;
    case 'number':
      return integer({ max: field.max ?? 1_000_000 });
    case 'date':
      return date;
    case 'select':
      return oneOf(...(field.options ?? []).map((option) => option.value));
    default:
      return text({ max: field.max ?? 500 });
  }
}
