/** Writes the documentation's tables from the code: settings and error codes; `--check` fails when they are not current. */
import { readFile, writeFile } from 'node:fs/promises';
import { errorCatalogue } from '@talkide/contracts';
import { settings } from '../apps/server/src/config.ts';

const cell = (text: string) => text.replaceAll('|', '\\|');

const configuration = `# Configuration

TalkIDE reads these environment variables at start and refuses what does not fit, with the name, the shape and the mend.
It reads no other variable of its environment. Everything has a default: \`npm start\` needs none of them.

| variable | takes | default | meaning |
| --- | --- | --- | --- |
${Object.entries(settings)
  .map(
    ([name, one]) =>
      `| \`${name}\` | ${cell(one.expects)} | ${one.fallback === undefined ? '' : `\`${one.fallback}\``} | ${cell(one.about)} |`,
  )
  .join('\n')}
`;

const errorCodes = `# Error codes

Errors are problem details (RFC 9457, \`application/problem+json\`) with a stable \`code\`, and \`title\` and \`detail\` in the person's language.

| code | status | sentence |
| --- | --- | --- |
${Object.entries(errorCatalogue)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([code, entry]) => `| \`${code}\` | ${entry.status} | ${cell(entry.en)} |`)
  .join('\n')}
`;

const outputs: [string, string][] = [
  ['docs/configuration.md', configuration],
  ['docs/errors.md', errorCodes],
];

const stale: string[] = [];
for (const [path, text] of outputs) {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  if (process.argv.includes('--check')) stale.push(path);
  else {
    await writeFile(path, text);
    console.log(`wrote ${path}`);
  }
}
if (stale.length > 0) {
  console.error(`Not current: ${stale.join(', ')}. Run: npm run generate`);
  process.exit(1);
}
