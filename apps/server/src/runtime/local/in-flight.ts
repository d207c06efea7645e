/** Counts what is under way and says when nothing is. */
export class InFlight {
  private count = 0;
  private waiting: (() => void)[] = [];
  private readonly onIdle: () => void;

  constructor(onIdle: () => void = () => {}) {
    this.onIdle = onIdle;
  }

  get idle(): boolean {
    return this.count === 0;
  }

  /** One more is under way; call the answer when it ends (again does nothing). */
  begin(): () => void {
    this.count += 1;
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.count -= 1;
      if (this.count > 0) return;
      for (const wake of this.waiting.splice(0)) wake();
      this.onIdle();
    };
  }

  /** Resolves when nothing is under way, or after `maxMs`. */
  drained(maxMs: number): Promise<void> {
    if (this.idle) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
