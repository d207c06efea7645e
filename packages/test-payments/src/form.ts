/** A value of Stripe's form encoding: `metadata[a]=b` and `expand[]=c` nest. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };
export type Form = Record<string, FormValue>;

const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads form encoding with brackets; a name that would touch a prototype is left out. */
export function parseForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/\[|\]\[|\]/).filter((part, at, all) => at < all.length - 1 || part !== '');
    if (!path.some((part) => UNSAFE.has(part))) place(form, path, value);
  }
  return form;
}

function place(form: Form, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    form[head] = value;
    return;
  }
  if (rest.length === 1 && /^\d*$/.test(rest[0] ?? '')) {
    const list = form[head];
    form[head] = Array.isArray(list) ? [...list, value] : [value];
    return;
  }
  const inner = form[head];
  const next: Form = typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
  form[head] = next;
  place(next, rest, value);
}

export const textOf = (value: FormValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

export const textsOf = (value: FormValue | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && !Array.isArray(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
