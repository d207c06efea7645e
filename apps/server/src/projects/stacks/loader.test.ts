import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadStacks } from './loader.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'talkide-stacks-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const manifest = {
  id: 'one',
  name: 'One',
  backendLanguage: 'TypeScript',
  backendFramework: 'Fastify',
  frontendLanguage: 'TypeScript',
  frontendFramework: 'Vue.js',
  commands: { install: ['npm', 'ci'], build: ['node', 'b'], test: ['node', 't'], run: ['node', 'r'] },
  healthPath: '/api/health',
  outputs: ['dist'],
  notes: 'AGENTS.md',
};

function write(changes: object = {}): string {
  const template = join(dir, 'one', 'template');
  mkdirSync(join(template, 'src'), { recursive: true });
  writeFileSync(join(dir, 'one', 'stack.json'), JSON.stringify({ ...manifest, ...changes }));
  writeFileSync(join(template, 'package-lock.json'), '{}');
  writeFileSync(join(template, 'src', 'a.ts'), 'a');
  return template;
}

const load = async () => (await loadStacks(dir)).all[0];

describe('loadStacks', () => {
  it('reads a stack with the key of its dependencies', async () => {
    write();
    const stacks = await loadStacks(dir);
    expect(stacks.find('one')).toMatchObject({ name: 'One', dependenciesKey: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(stacks.find('two')).toBeNull();
  });

  it('names the content of a template, not what tools left in it', async () => {
    const template = write();
    const before = await load();
    mkdirSync(join(template, 'node_modules'));
    writeFileSync(join(template, 'node_modules', 'x'), 'x');
    expect((await load())?.templateHash).toBe(before?.templateHash);
    chmodSync(join(template, 'src', 'a.ts'), 0o755);
    const executable = await load();
    expect(executable?.templateHash).not.toBe(before?.templateHash);
    writeFileSync(join(template, 'src', 'a.ts'), 'b');
    expect((await load())?.templateHash).not.toBe(executable?.templateHash);
    expect((await load())?.dependenciesKey).toBe(before?.dependenciesKey);
  });

  it('says what does not fit', async () => {
    await expect(loadStacks(dir)).rejects.toThrow('There is no stack');
    write({ healthPath: 'no slash' });
    await expect(loadStacks(dir)).rejects.toThrow('is not a stack manifest');
    write({ outputs: ['../secrets'] });
    await expect(loadStacks(dir)).rejects.toThrow('is not a stack manifest');
    write({ id: 'two' });
    await expect(loadStacks(dir)).rejects.toThrow("Give it its folder's name");
    symlinkSync('/etc/passwd', join(write(), 'link'));
    await expect(loadStacks(dir)).rejects.toThrow('neither a file nor a folder');
  });
});
