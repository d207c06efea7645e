import type { Field } from './fields.ts';

/** The columns of the board, in their order. */
export const statuses = ['todo', 'doing', 'done'] as const;
export type Status = (typeof statuses)[number];

/** Z čeho se skládá úkol. */
export const taskFields: Field[] = [
  { name: 'title', label: 'Co je potřeba udělat?', type: 'text', required: true, max: 120 },
  { name: 'note', label: 'Poznámka', type: 'text', required: false, max: 300 },
];
