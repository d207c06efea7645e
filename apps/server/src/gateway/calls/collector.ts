/** Gathers an answer that is passed on in one piece. */
export class Collector {
  readonly #limit: number;
  readonly #pieces: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps a copy. False: the answer is larger than it may be. */
  add(bytes: Buffer): boolean {
    this.#size += bytes.length;
    if (this.#size > this.#limit) return false;
    this.#pieces.push(Buffer.from(bytes));
    return true;
  }

  get bytes(): Buffer {
    const [first] = this.#pieces;
    return first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
  }
}
