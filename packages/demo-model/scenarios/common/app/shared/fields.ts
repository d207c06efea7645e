/**
 * One field of a form. It is described once: the page draws it and the server checks it. Its column has the same name
 * in snake_case.
 */
export interface Field {
  name: string;
  label: string;
  type: 'text' | 'textarea' | 'email' | 'tel' | 'url' | 'number' | 'date' | 'select';
  required: boolean;
  /** The most characters, or the greatest number. */
  max?: number;
  options?: { value: string; label: string }[];
}

/** The values of a form that nobody has filled in yet. */
export function emptyValues(fields: Field[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field.name, '']));
}

/** A stored value as people read it. */
export function shownValue(field: Field, value: unknown): string {
  if (value === null || value === undefined) return '';
  return field.options?.find((option) => option.value === value)?.label ?? String(value);
}
