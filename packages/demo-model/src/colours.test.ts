import { describe, expect, it } from 'vitest';
import { COLOURS, tokensFor } from './colours.ts';
import { tokenEdits } from './plays/colour.ts';

/** Relative luminance of `oklch(l c h)`, clipped to sRGB. */
function luminance(colour: string): number {
  const [l = 0, c = 0, h = 0] = (/oklch\(([^)]+)\)/.exec(colour)?.[1] ?? '').split(' ').map(Number);
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ];
  const rgb = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ].map((value) => Math.min(1, Math.max(0, value)));
  return 0.2126 * (rgb[0] ?? 0) + 0.7152 * (rgb[1] ?? 0) + 0.0722 * (rgb[2] ?? 0);
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The values of a token in light and in dark mode. */
const modes = (value = ''): string[] => {
  const found = value.match(/oklch\([^)]+\)/g) ?? [];
  return found.length === 1 ? [...found, ...found] : found;
};

describe.each(COLOURS.map((colour) => [colour.name.en, colour] as const))('%s', (_name, colour) => {
  it.each([
    ['header', '--header-bg', '--header-fg'],
    ['buttons', '--accent', '--accent-fg'],
  ] as const)('words on the %s are readable in both modes', (part, ground, words) => {
    const tokens = tokensFor(part, colour);
    const grounds = modes(tokens[ground]);
    modes(tokens[words]).forEach((word, mode) => {
      expect(contrast(word, grounds[mode] ?? '')).toBeGreaterThanOrEqual(4.5);
    });
  });
});

describe('edits of the theme', () => {
  const theme = ':root {\n  --header-bg: light-dark(\n    red,\n    blue);\n  --header-fg: white;\n}\n';

  it('replace whole declarations, also over several lines', () => {
    expect(tokenEdits(theme, { '--header-bg': 'green', '--other': 'x' })).toEqual([
      { from: '  --header-bg: light-dark(\n    red,\n    blue);', to: '  --header-bg: green;' },
    ]);
  });
});
