const lineFeed = 0x0a;

/** Keeps the last `limit` bytes of a stream. */
export class Tail {
  private chunks: Buffer[] = [];
  private size = 0;
  private dropped = false;
  private readonly limit: number;

  constructor(limit = 16 * 1024) {
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    for (let first = this.chunks[0]; first && this.size - first.length >= this.limit; first = this.chunks[0]) {
      this.chunks.shift();
      this.size -= first.length;
      this.dropped = true;
    }
  }

  /** The text, beginning at a whole line where something was dropped before it. */
  text(): string {
    const all = Buffer.concat(this.chunks);
    const kept = all.subarray(Math.max(0, all.length - this.limit));
    const cut = this.dropped || kept.length < all.length;
    const lineEnd = cut ? kept.indexOf(lineFeed) : -1;
    return kept.subarray(lineEnd + 1).toString('utf8');
  }
}
