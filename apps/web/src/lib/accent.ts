import type { Accent } from '@talkide/contracts';

/** The six accents in the order they are offered. */
export const ACCENTS = [
  'oklch(0.78 0.15 70)',
  'oklch(0.78 0.15 25)',
  'oklch(0.78 0.15 310)',
  'oklch(0.78 0.15 255)',
  'oklch(0.78 0.15 200)',
  'oklch(0.78 0.15 145)',
] as const satisfies readonly Accent[];

/** The hue as `data-accent` wants it: `oklch(0.78 0.15 70)` → `70`. */
export const accentHue = (accent: Accent): string => accent.slice(accent.lastIndexOf(' ') + 1, -1);
