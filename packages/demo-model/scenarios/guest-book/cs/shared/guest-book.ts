import type { Field } from './fields.ts';

/** Co host zanechá. */
export const entryFields: Field[] = [
  { name: 'name', label: 'Vaše jméno', type: 'text', required: true, max: 80 },
  { name: 'message', label: 'Váš vzkaz', type: 'textarea', required: true, max: 1000 },{{field}}
];
