/** Czech counts in one, few (2–4) and many; a text with four forms begins with the one for zero. */
export const czechPlural = (count: number, forms: number): number => {
  const form = count === 1 ? 0 : count >= 2 && count <= 4 ? 1 : 2;
  if (forms < 3) return Math.min(form, forms - 1);
  if (forms === 3) return form;
  return count === 0 ? 0 : form + 1;
};
