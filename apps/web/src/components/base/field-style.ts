/** How every field that takes text looks. */
export const fieldClass =
  'w-full rounded-md bg-sunken px-3 text-base text-ink ring-1 ring-line transition-shadow duration-(--quick) ' +
  'hover:ring-line-strong focus:outline-2 focus:outline-offset-0 focus:outline-(--focus,var(--ink)) ' +
  'aria-invalid:ring-danger disabled:opacity-60';

/** `aria-describedby` of a field: its error, else its hint. */
export const describedBy = (id: string, error: string | undefined, hint: string | undefined): string | undefined =>
  error ? `${id}-error` : hint ? `${id}-hint` : undefined;
