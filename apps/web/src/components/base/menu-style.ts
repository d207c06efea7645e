/** How a line of any menu looks. */
export const menuItemClass =
  'flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left text-sm text-ink outline-none ' +
  'select-none data-[highlighted]:bg-hover data-[disabled]:opacity-50';
