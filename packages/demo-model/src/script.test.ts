import { describe, expect, it } from 'vitest';
import { fieldOf } from './plays/field.ts';
import { choiceIn, orderIn, orderLine } from './plays/order.ts';
import { missingFile } from './plays/repair.ts';
import { migrationPath } from './plays/specialist.ts';
import type { MessagesRequest } from './protocol.ts';
import { guestBook } from './scenarios/guest-book.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { nextReply } from './script.ts';

const ask = (content: string, locale = 'en', role = 'talkide-pm'): MessagesRequest => ({
  model: 'm',
  system: `<role>${role}</role><locale>${locale}</locale>`,
  messages: [{ role: 'user', content }],
});

describe('the script', () => {
  it('is honest about what it is, in the person’s language', () => {
    expect(nextReply(ask('Build me a bank')).text).toMatch(
      /^Demo model: I can build a guest book.*TALKIDE_MODEL_API_KEY/,
    );
    expect(nextReply(ask('Hello', 'cs')).text).toMatch(/^Ukázkový model/);
    expect(nextReply(ask('Něco úplně jiného')).text).toMatch(/^Ukázkový model/);
    expect(nextReply(ask('Do something', 'en', 'talkide-designer')).text).toMatch(/^Demo model/);
    expect(nextReply(ask('Do something', 'en', 'talkide-backend-dev')).text).toMatch(/^Demo model/);
  });

  it('understands an answer in its own words, and takes the first choice otherwise', () => {
    const label = (answer: string) => choiceIn(guestBook, answer)?.label.en;
    expect(label('Also a rating with stars')).toBe('Also a rating with stars');
    expect(label('hvězdičky prosím')).toBe('Also a rating with stars');
    expect(label('where they are from')).toBe('Also where they come from');
    expect(label('whatever you like')).toBe('Name and message');
  });

  it('hands an order on in the text of a task', () => {
    for (const scenario of SCENARIOS) {
      const choice = scenario.question?.choices.at(-1) ?? null;
      expect(orderIn(`Please. ${orderLine({ scenario, choice })}`)).toEqual({ scenario, choice });
    }
    expect(orderIn('No order')).toBeNull();
  });

  it('numbers migrations after those that are there', () => {
    expect(migrationPath(['migrations/0001_init.sql', 'migrations/0009_x.sql', 'shared/fields.ts'], 'entry')).toBe(
      'migrations/0010_entry.sql',
    );
  });

  it('makes a field of a label', () => {
    expect(fieldOf("guest's e-mail", false)).toEqual({
      name: 'guestSEMail',
      line: "  { name: 'guestSEMail', label: 'Guest\\'s e-mail', type: 'email', required: false, max: 254 },",
      column: 'guest_s_e_mail text',
    });
    expect(fieldOf('Počet osob', true)).toMatchObject({ name: 'pocetOsob', column: 'pocet_osob integer' });
  });

  it('tells what it saw, and does not pretend', () => {
    const repair = (result: string, isError = false): MessagesRequest => {
      const log = "Could not resolve '../format.ts' in src/components/EntryCard.vue";
      const calls = [
        { name: 'Read', input: { file_path: 'src/components/EntryCard.vue' }, result: '' },
        { name: 'Write', input: { file_path: 'src/format.ts' }, result: '' },
        { name: 'Bash', input: { command: 'node build.mjs' }, result: '' },
        ...(result === '' ? [] : [{ name: 'mcp__talkide__look', input: {}, result, isError }]),
      ];
      return {
        ...ask(`<repair>\n${log}\n</repair>`),
        messages: [
          { role: 'user', content: `<repair>\n${log}\n</repair>` },
          ...calls.flatMap(({ result: content, ...call }, at): MessagesRequest['messages'] => [
            { role: 'assistant', content: [{ type: 'tool_use', id: `t${at}`, name: call.name, input: call.input }] },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content, is_error: isError }] },
          ]),
        ],
      };
    };
    expect(nextReply(repair('')).tools).toEqual([
      {
        name: 'mcp__talkide__look',
        input: { requests: ['/', '/api/entries'].map((path) => ({ method: 'GET', path })) },
      },
    ]);
    const page = 'GET / answered 200 (text/html).\n<application>\nTitle: Our book\n</application>\n\n';
    const well = nextReply(repair(`${page}GET /api/entries answered 200 (application/json).\n<application>\n[]\n`));
    expect(well.text).toMatch(/our slip.*the page “Our book” opens/);
    const unwell = nextReply(repair(`${page}GET /api/entries answered 500 (application/json).`));
    expect(unwell.text).toMatch(/does not answer as it should[\s\S]*answered 500/);
  });

  it('finds the missing file in a build log', () => {
    const log =
      "src/components/EntryCard.vue:4:27: [UNRESOLVED_IMPORT] Could not resolve '../format.ts' in src/components/EntryCard.vue\n";
    expect(missingFile(log)).toEqual({ path: 'src/format.ts', importer: 'src/components/EntryCard.vue' });
    expect(missingFile('SyntaxError: something else')).toBeNull();
  });
});
