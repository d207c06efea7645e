import type { Field } from '../shared/fields.ts';

const samples = {
  text: 'Some words',
  textarea: 'Some more words',
  email: 'ada@home.example',
  tel: '+420 601 234 567',
  url: 'https://home.example',
  number: '1',
  date: '2026-01-31',
  select: '',
};

/** A valid value for every field of a form. */
export function sampleValues(fields: Field[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, type, options }) => [name, options?.[0]?.value ?? samples[type]]));
}
