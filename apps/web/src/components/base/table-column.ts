import type { RouteLocationRaw } from 'vue-router';

/** A column of a table that can be sorted. The first one names the row. */
export interface TableColumn<R> {
  id: string;
  label: string;
  /** What the column is sorted by; a number is set to the right. */
  value: (row: R) => string | number;
  /** What is shown, where it is not the value. */
  text?: (row: R) => string;
  /** Shown as money: a decimal string. */
  usd?: (row: R) => string;
  to?: (row: R) => RouteLocationRaw | null;
}
