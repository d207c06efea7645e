import { type Readable, Transform } from 'node:stream';

/** A body that breaks off with an error when more comes than it may have. */
export function bounded(body: Readable, maxBytes: number, tooMuch: () => Error): Transform {
  let bytes = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooMuch());
      else done(null, chunk);
    },
  });
  // Whoever reads it may not listen yet.
  bound.on('error', () => {});
  if (body.destroyed && !body.readableEnded) return bound.destroy(body.errored ?? new Error('The body broke off.'));
  // What breaks off before the bound is the body's own error, which the pipe alone would not pass on.
  body.once('error', (error) => bound.destroy(error)).pipe(bound);
  return bound;
}
