export interface TipRow {
  name: string;
  amount: string;
}

const made = (tag: string, className: string, text = ''): HTMLElement => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

/**
 * What stands beside the pointer. Elements with classes: the page's policy refuses the inline styles of the chart library's
 * own, and what it draws on the canvas instead has another typeface.
 */
export function dayTip(day: string, rows: readonly TipRow[]): HTMLElement {
  const tip = made('div', 'flex flex-col gap-0.5 font-sans text-sm text-ink');
  tip.append(made('p', 'text-xs text-faint', day));
  for (const { name, amount } of rows) {
    const row = made('p', 'flex items-baseline justify-between gap-4');
    row.append(made('span', 'text-muted', name), made('span', 'font-medium tabular-nums', amount));
    tip.append(row);
  }
  return tip;
}
