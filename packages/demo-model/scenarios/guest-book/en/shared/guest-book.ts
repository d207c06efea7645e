import type { Field } from './fields.ts';

/** What a guest leaves. */
export const entryFields: Field[] = [
  { name: 'name', label: 'Your name', type: 'text', required: true, max: 80 },
  { name: 'message', label: 'Your message', type: 'textarea', required: true, max: 1000 },{{field}}
];
