import type { Field } from './fields.ts';

/** The columns of the board, in their order. */
export const statuses = ['todo', 'doing', 'done'] as const;
export type Status = (typeof statuses)[number];

/** What a task is made of. */
export const taskFields: Field[] = [
  { name: 'title', label: 'What is to be done?', type: 'text', required: true, max: 120 },
  { name: 'note', label: 'Note', type: 'text', required: false, max: 300 },
];
