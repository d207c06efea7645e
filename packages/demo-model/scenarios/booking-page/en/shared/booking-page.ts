import type { Field } from './fields.ts';

/** What somebody who books tells us. */
export const bookingFields: Field[] = [
  { name: 'name', label: 'Your name', type: 'text', required: true, max: 80 },
  { name: 'email', label: 'Email', type: 'email', required: true, max: 254 },
  { name: 'note', label: 'Anything we should know?', type: 'textarea', required: false, max: 1000 },
];

/** The answer to who was a moment too late. */
export const slotTaken = 'This time was just taken. Please choose another.';
