import { createHash } from 'node:crypto';

/** What makes two build failures the same one: the lines that speak of errors, without positions, times and colours. */
export function errorFingerprint(log: string): string {
  const lines = log
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with an escape character
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .filter((line) => /error|fail|cannot|could not|unexpected|not found/i.test(line))
    .map((line) => line.replace(/\d+/g, '#').replace(/\s+/g, ' ').trim());
  const telling = lines.length > 0 ? lines.slice(0, 20) : [log.trim().slice(-500)];
  return createHash('sha256').update(telling.join('\n')).digest('hex').slice(0, 16);
}
