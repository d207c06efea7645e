import { mentions } from './words.ts';

/** A colour as a ground: lightness, chroma and hue in light and in dark mode, and whether words on it are dark. */
export type Colour = {
  name: { en: string; cs: string };
  starts: string[];
  light: [l: number, c: number, h: number];
  dark: [l: number, c: number, h: number];
  darkWords?: true;
};

/** Grounds on which words pass 4.5 : 1. */
export const COLOURS: Colour[] = [
  {
    name: { en: 'red', cs: 'červená' },
    starts: ['red(?![a-z])', 'cerven'],
    light: [0.48, 0.18, 27],
    dark: [0.4, 0.15, 27],
  },
  {
    name: { en: 'orange', cs: 'oranžová' },
    starts: ['orange', 'oranz'],
    light: [0.52, 0.14, 50],
    dark: [0.42, 0.11, 50],
  },
  {
    name: { en: 'yellow', cs: 'žlutá' },
    starts: ['yellow', 'zlut'],
    light: [0.88, 0.16, 98],
    dark: [0.8, 0.15, 95],
    darkWords: true,
  },
  {
    name: { en: 'gold', cs: 'zlatá' },
    starts: ['gold', 'zlat'],
    light: [0.82, 0.14, 85],
    dark: [0.75, 0.13, 85],
    darkWords: true,
  },
  {
    name: { en: 'navy', cs: 'tmavě modrá' },
    starts: ['navy', 'tmave modr'],
    light: [0.33, 0.11, 262],
    dark: [0.3, 0.1, 262],
  },
  {
    name: { en: 'green', cs: 'zelená' },
    starts: ['green', 'zelen'],
    light: [0.47, 0.13, 148],
    dark: [0.38, 0.1, 148],
  },
  {
    name: { en: 'turquoise', cs: 'tyrkysová' },
    starts: ['turquoise', 'teal', 'cyan', 'tyrkys'],
    light: [0.48, 0.09, 195],
    dark: [0.39, 0.075, 195],
  },
  { name: { en: 'blue', cs: 'modrá' }, starts: ['blue', 'modr'], light: [0.47, 0.16, 258], dark: [0.39, 0.13, 258] },
  {
    name: { en: 'purple', cs: 'fialová' },
    starts: ['purple', 'violet', 'fialov'],
    light: [0.46, 0.18, 300],
    dark: [0.39, 0.15, 300],
  },
  { name: { en: 'pink', cs: 'růžová' }, starts: ['pink', 'ruzov'], light: [0.53, 0.2, 355], dark: [0.44, 0.16, 355] },
  {
    name: { en: 'brown', cs: 'hnědá' },
    starts: ['brown', 'hned[aeoy]'],
    light: [0.42, 0.07, 55],
    dark: [0.35, 0.06, 55],
  },
  {
    name: { en: 'grey', cs: 'šedá' },
    starts: ['gr[ae]y', 'sed[aeoy]'],
    light: [0.46, 0.012, 260],
    dark: [0.36, 0.012, 260],
  },
  {
    name: { en: 'black', cs: 'černá' },
    starts: ['black', 'cern'],
    light: [0.22, 0.005, 260],
    dark: [0.13, 0.005, 260],
  },
  {
    name: { en: 'white', cs: 'bílá' },
    starts: ['white', 'bil[aeoy]'],
    light: [0.985, 0, 0],
    dark: [0.93, 0, 0],
    darkWords: true,
  },
];

/** The colour a text names, null for none. */
export function colourIn(text: string): Colour | null {
  return COLOURS.find((colour) => mentions(text, ...colour.starts)) ?? null;
}

export type Part = 'header' | 'background' | 'buttons' | 'everything';

/** What a wish for a colour is about. */
export function partIn(text: string): Part {
  if (mentions(text, 'header', 'top bar', 'banner', 'hlavick', 'zahlavi', 'list[auy](?![a-z])', 'pruh'))
    return 'header';
  if (mentions(text, 'background', 'page colou?r', 'pozadi', 'podklad')) return 'background';
  if (mentions(text, 'button', 'tlacit', 'link', 'odkaz')) return 'buttons';
  return 'everything';
}

const oklch = ([l, c, h]: [number, number, number]) => `oklch(${l} ${c} ${h})`;
const both = (light: string, dark: string) => `light-dark(${light}, ${dark})`;
const lighter = ([l, c, h]: Colour['light'], by: number): Colour['light'] => [Math.round((l + by) * 100) / 100, c, h];

/** Tokens of the theme and their new values for a wish. Words on a changed ground change with it. */
export function tokensFor(part: Part, colour: Colour): Record<string, string> {
  const hue = colour.light[2];
  const words = colour.darkWords ? `oklch(0.24 0.03 ${hue})` : `oklch(0.99 0.008 ${hue})`;
  if (part === 'header') return { '--header-bg': both(oklch(colour.light), oklch(colour.dark)), '--header-fg': words };
  const chroma = Math.min(colour.light[1], 0.035);
  if (part === 'background')
    return { '--bg': both(`oklch(0.955 ${chroma} ${hue})`, `oklch(0.2 ${Math.min(chroma, 0.025)} ${hue})`) };
  if (part === 'everything' && colour.light[1] > 0.03) return { '--accent-hue': String(hue) };
  const onDark: Colour['light'] = [0.82, Math.min(colour.light[1], 0.12), hue];
  return {
    '--accent': both(oklch(colour.light), oklch(onDark)),
    '--accent-hover': both(
      oklch(lighter(colour.light, colour.darkWords ? -0.06 : -0.05)),
      oklch(lighter(onDark, 0.05)),
    ),
    '--accent-fg': both(words, `oklch(0.22 0.03 ${hue})`),
  };
}
