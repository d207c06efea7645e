// Says what is going on whenever it takes longer than a second. Plain JavaScript: it runs on the machine's own Node.
const SHOW_AFTER_MS = 1000;

/** Runs a step; prints its name once it is slow, and how long it took. */
export async function step(name, action) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  const interactive = process.stderr.isTTY;
  let shown = false;
  const show = () => {
    if (interactive) process.stderr.write(`\r${name} … ${seconds()} s `);
    else if (!shown) process.stderr.write(`${name} …\n`);
    shown = true;
  };
  const timer = setInterval(show, SHOW_AFTER_MS);
  try {
    return await action();
  } finally {
    clearInterval(timer);
    if (shown) process.stderr.write(`${interactive ? '\r' : ''}${name}: ${seconds()} s${interactive ? '   ' : ''}\n`);
  }
}

/** A failure that is a sentence for a person, with the mend. */
export class Sentence extends Error {}

/** Ends the process with the sentence of an error, or the error itself when it is not ours. */
export function fail(error) {
  process.stderr.write(`\n${error instanceof Sentence ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}
