/** A shape of a poster: an SVG path or circle in one of the accent's tones. */
export type PosterShape =
  | { kind: 'path'; d: string; tone: PosterTone }
  | { kind: 'circle'; cx: number; cy: number; r: number; tone: PosterTone };
export type PosterTone = 'wash' | 'tint' | 'accent' | 'strong' | 'deep';

export const POSTER_WIDTH = 320;
export const POSTER_HEIGHT = 180;
const W = POSTER_WIDTH;
const H = POSTER_HEIGHT;
const TONES: readonly PosterTone[] = ['tint', 'accent', 'strong', 'deep'];

type Random = () => number;

/** Numbers from 0 to 1 that follow from the text alone (FNV-1a seeding mulberry32). */
export function seededRandom(seed: string): Random {
  let state = 2_166_136_261;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));
const pick = <T>(random: Random, from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
const tone = (index: number): PosterTone => TONES[index % TONES.length] ?? 'accent';

function hills(random: Random): PosterShape[] {
  const sun = between(random, 26, 44);
  const shapes: PosterShape[] = [
    { kind: 'circle', cx: between(random, 60, W - 60), cy: between(random, 48, 84), r: sun, tone: 'accent' },
  ];
  for (let layer = 0; layer < 3; layer += 1) {
    const base = 84 + layer * 32;
    const left = base + between(random, -18, 18);
    const right = base + between(random, -18, 18);
    const bend = between(random, 80, W - 80);
    const top = base - between(random, 16, 44);
    shapes.push({
      kind: 'path',
      d: `M0 ${left}C${bend - 70} ${top} ${bend + 70} ${top + 70} ${W} ${right}V${H}H0Z`,
      tone: tone(layer === 0 ? 0 : layer + 1),
    });
  }
  return shapes;
}

function rings(random: Random): PosterShape[] {
  const cx = pick(random, [0, W, Math.round(W * 0.3), Math.round(W * 0.7)]);
  const cy = pick(random, [H, H, 0]);
  const step = between(random, 30, 38);
  const shapes: PosterShape[] = [];
  for (let ring = 5; ring >= 1; ring -= 1) {
    shapes.push({
      kind: 'circle',
      cx,
      cy,
      r: ring * step,
      tone: (['strong', 'tint', 'accent', 'wash', 'deep'] as const)[ring - 1] ?? 'tint',
    });
  }
  return shapes;
}

function tiles(random: Random): PosterShape[] {
  const size = 60;
  const shapes: PosterShape[] = [];
  for (let y = 0; y < H; y += size) {
    for (let x = -10; x < W; x += size) {
      if (random() < 0.12) continue;
      const [right, bottom] = [x + size, y + size];
      const d = pick(random, [
        `M${x} ${y}H${right}A${size} ${size} 0 0 1 ${x} ${bottom}Z`,
        `M${right} ${y}V${bottom}A${size} ${size} 0 0 1 ${x} ${y}Z`,
        `M${right} ${bottom}H${x}A${size} ${size} 0 0 1 ${right} ${y}Z`,
        `M${x} ${bottom}V${y}A${size} ${size} 0 0 1 ${right} ${bottom}Z`,
      ]);
      shapes.push({ kind: 'path', d, tone: tone(between(random, 0, 2)) });
    }
  }
  return shapes;
}

function waves(random: Random): PosterShape[] {
  const half = between(random, 32, 48);
  const height = between(random, 12, 20);
  const shapes: PosterShape[] = [];
  for (let row = 0; row < 4; row += 1) {
    const y = 36 + row * 40;
    let d = `M${-half * 2} ${y}`;
    for (let x = -half * 2; x < W + half; x += half * 2) d += `q${half / 2} ${-height} ${half} 0t${half} 0`;
    shapes.push({ kind: 'path', d: `${d}V${H}H${-half * 2}Z`, tone: tone(row) });
  }
  return shapes;
}

function petals(random: Random): PosterShape[] {
  const cx = between(random, 110, 210);
  const cy = 92;
  const count = between(random, 6, 9);
  const reach = between(random, 64, 80);
  const shapes: PosterShape[] = [];
  for (let leaf = 0; leaf < count; leaf += 1) {
    const angle = (leaf / count) * Math.PI * 2;
    const [x, y] = [Math.round(cx + Math.cos(angle) * reach), Math.round(cy + Math.sin(angle) * reach)];
    shapes.push({
      kind: 'path',
      d: `M${cx} ${cy}A${reach * 0.62} ${reach * 0.62} 0 0 1 ${x} ${y}A${reach * 0.62} ${reach * 0.62} 0 0 1 ${cx} ${cy}Z`,
      tone: leaf % 2 ? 'accent' : 'strong',
    });
  }
  shapes.push({ kind: 'circle', cx, cy, r: 14, tone: 'deep' });
  return shapes;
}

/** The picture of a project, drawn from its name: always the same for the same name. */
export function posterShapes(seed: string): PosterShape[] {
  const random = seededRandom(seed);
  return pick(random, [hills, rings, tiles, waves, petals])(random);
}
