/**
 * Finds many byte strings in one pass, after Aho and Corasick: the work is of the length of the output alone, however
 * many values there are and however alike they begin. A search per value could be made to block the platform.
 */
export interface Needles {
  /** The state after one more byte; 0 is the first. */
  next(state: number, byte: number): number;
  /** How many of the last bytes are the beginning of a needle. */
  begun(state: number): number;
  /** Length of the longest needle that ends here; 0 when none does. */
  found(state: number): number;
}

export function createNeedles(needles: readonly Buffer[]): Needles {
  const size = 1 + needles.reduce((sum, needle) => sum + needle.length, 0);
  const first = new Int32Array(256);
  // Children of a state as a list: its first child, then each child's next sibling.
  const child = new Int32Array(size);
  const sibling = new Int32Array(size);
  const byteOf = new Uint8Array(size);
  const depth = new Int32Array(size);
  const longest = new Int32Array(size);
  const fallback = new Int32Array(size);
  let states = 1;

  const step = (state: number, byte: number): number => {
    if (state === 0) return first[byte] ?? 0;
    let at = child[state] ?? 0;
    while (at !== 0 && byteOf[at] !== byte) at = sibling[at] ?? 0;
    return at;
  };
  const grow = (state: number, byte: number): number => {
    const made = states++;
    byteOf[made] = byte;
    depth[made] = (depth[state] ?? 0) + 1;
    if (state === 0) first[byte] = made;
    sibling[made] = child[state] ?? 0;
    child[state] = made;
    return made;
  };
  const next = (from: number, byte: number): number => {
    let state = from;
    for (;;) {
      const to = step(state, byte);
      if (to !== 0 || state === 0) return to;
      state = fallback[state] ?? 0;
    }
  };

  for (const needle of needles) {
    let state = 0;
    for (const byte of needle) state = step(state, byte) || grow(state, byte);
    longest[state] = needle.length;
  }
  // Breadth first, so that where a state falls back to is known before the states below it.
  const order = new Int32Array(states);
  for (let read = 0, written = 1; read < written; read += 1) {
    const state = order[read] ?? 0;
    for (let at = child[state] ?? 0; at !== 0; at = sibling[at] ?? 0) {
      order[written++] = at;
      if (state !== 0) fallback[at] = next(fallback[state] ?? 0, byteOf[at] ?? 0);
      longest[at] = longest[at] || (longest[fallback[at] ?? 0] ?? 0);
    }
  }

  return { next, begun: (state) => depth[state] ?? 0, found: (state) => longest[state] ?? 0 };
}
