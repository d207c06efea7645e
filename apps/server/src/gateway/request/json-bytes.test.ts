import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import wabt from 'wabt';

it('runs what json-scan.wat says: to assemble it, UPDATE_WASM=1 vitest run json-bytes', async () => {
  const file = (ending: string) => new URL(`./json-scan.${ending}`, import.meta.url);
  const { parseWat } = await wabt();
  const source = parseWat('json-scan.wat', await readFile(file('wat')), { simd: true });
  const assembled = Buffer.from(source.toBinary({}).buffer);
  if (process.env.UPDATE_WASM) await writeFile(file('wasm'), assembled);
  expect(assembled.equals(await readFile(file('wasm')))).toBe(true);
});
