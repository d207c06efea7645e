/** Writes the OpenAPI document and the web client's types from the contracts; `--check` fails when they are not current. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { openApiDocument } from '@talkide/contracts';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';

const document = openApiDocument();
const types = astToString(await openapiTypescript(document as unknown as OpenAPI3, { alphabetize: true }));
const outputs: [string, string][] = [
  ['docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
  ['apps/web/src/api/schema.generated.ts', `// Made by scripts/generate-api.ts from packages/contracts.\n${types}`],
];

const stale: string[] = [];
for (const [path, text] of outputs) {
  const current = await readFile(path, 'utf8').catch(() => '');
  if (current === text) continue;
  if (process.argv.includes('--check')) stale.push(path);
  else {
    await mkdir(new URL(`../${path.slice(0, path.lastIndexOf('/'))}`, import.meta.url), { recursive: true });
    await writeFile(path, text);
    console.log(`wrote ${path}`);
  }
}
if (stale.length > 0) {
  console.error(`Not current: ${stale.join(', ')}. Run: npm run generate`);
  process.exit(1);
}
