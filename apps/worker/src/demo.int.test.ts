import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installPackages, makeTree, manifest, runIn } from '../../../stacks/typescript-fastify-vue/testing.ts';
import { type Bench, startBench } from './testing/bench.ts';
import type { TurnRecord } from './testing/control-plane.ts';

let packages: string;
let bench: Bench;
beforeAll(async () => {
  packages = await installPackages();
});
afterEach(() => bench.close());

async function startOnTemplate(): Promise<void> {
  bench = await startBench();
  await makeTree(bench.tree, packages);
  await bench.startWorker();
}

/** Says something in the one conversation and waits for the turn's end. */
async function say(prompt: string, sessionId: string | null, more: object = {}): Promise<TurnRecord> {
  const turn = bench.control.give({ prompt, sessionId, ...more });
  await bench.control.until(() => turn.result !== null);
  expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED' });
  return turn;
}
const lastWords = (turn: TurnRecord) => turn.events.filter((event) => event.type === 'message').at(-1);
const inTree = (path: string) => readFile(join(bench.tree, path), 'utf8');
const build = () => runIn(bench.tree, manifest.commands.build);

describe('the guest book of the demo model', () => {
  it('is planned, asked about, built with one fault, repaired, and changed', async () => {
    await startOnTemplate();
    const asked = await say('Build me a guest book for our wedding', null);
    expect(lastWords(asked)).toMatchObject({
      question: { question: 'What should guests leave?', options: { length: 3 } },
    });
    const session = asked.assignment.newSessionId;

    const built = await say('Also a rating with stars', session);
    expect(lastWords(built)).toMatchObject({ content: expect.stringContaining('Your guest book is ready') });
    expect(await inTree('shared/guest-book.ts')).toContain("name: 'rating'");
    const broken = await build();
    expect(broken).toMatchObject({ code: 1, output: expect.stringContaining("Could not resolve '../format.ts'") });

    const repaired = await say(broken.output, session, { kind: 'REPAIR' });
    expect(lastWords(repaired)).toMatchObject({ content: expect.stringContaining('our slip') });
    expect(await build()).toMatchObject({ code: 0 });

    await say('Make the header green', session);
    expect(await inTree('src/styles/theme.css')).toContain('--header-bg: light-dark(oklch(0.47 0.13 148)');
    await say('Change the title to “Our dear guests”', session);
    expect(await inTree('src/texts/guest-book.ts')).toContain("title: 'Our dear guests',");
    const field = await say('Add a field phone', session);
    expect(lastWords(field)).toMatchObject({ content: expect.stringContaining('Done: the form asks for “phone”') });
    expect(await inTree('migrations/0003_entry_phone.sql')).toContain('add column if not exists phone text');
    expect(await build()).toMatchObject({ code: 0 });
    expect((await runIn(bench.tree, manifest.commands.test)).code).toBe(0);
  });
});
