import type { Field } from './fields.ts';

/** Co nám řekne ten, kdo si rezervuje. */
export const bookingFields: Field[] = [
  { name: 'name', label: 'Vaše jméno', type: 'text', required: true, max: 80 },
  { name: 'email', label: 'E-mail', type: 'email', required: true, max: 254 },
  { name: 'note', label: 'Máme něco vědět?', type: 'textarea', required: false, max: 1000 },
];

/** Odpověď tomu, kdo přišel o chvilku později. */
export const slotTaken = 'Tento termín právě někdo obsadil. Vyberte prosím jiný.';
