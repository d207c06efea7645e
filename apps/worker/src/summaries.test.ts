import { describe, expect, it } from 'vitest';
import { placeOf } from './places.ts';
import { shortPath, tellTool } from './summaries.ts';

const CWD = '/workspace/7';
const tell = (tool: string, input: Record<string, unknown>, locale: 'en' | 'cs' = 'en') =>
  tellTool(tool, input, CWD, locale);

describe('files in plain words', () => {
  it.each([
    ['src/pages/GuestBook.vue', 'the guest book page', 'stránku „guest book“'],
    ['src/components/EntryCard.vue', 'the entry card part', 'část „entry card“'],
    ['src/styles/theme.css', 'the colours and type', 'barvy a písmo'],
    ['migrations/0002_entry.sql', 'the shape of the data', 'podobu dat'],
    ['server/routes/entries.ts', "the server's part for entries", 'serverovou část „entries“'],
    ['test/entries.test.ts', 'the checks of entries', 'kontroly pro „entries“'],
    ['notes.txt', 'the file notes.txt', 'soubor „notes.txt“'],
  ])('%s', (path, en, cs) => {
    expect(placeOf(path, 'en')).toBe(en);
    expect(placeOf(path, 'cs')).toBe(cs);
  });

  it('shows paths from the project, and others as they are', () => {
    expect(shortPath(`${CWD}/src/App.vue`, CWD)).toBe('src/App.vue');
    expect(shortPath('src/App.vue', CWD)).toBe('src/App.vue');
    expect(shortPath('/etc/hosts', CWD)).toBe('/etc/hosts');
  });
});

describe('tools in plain words', () => {
  it('knows the usual commands and takes the words of the agent for others', () => {
    expect(tell('Bash', { command: 'node build.mjs' }).description).toBe('Builds the app');
    expect(tell('Bash', { command: 'node --test test/a.test.ts' }, 'cs').description).toBe('Spouští kontroly');
    expect(tell('Bash', { command: 'rm a', description: 'Clear away' })).toEqual({
      category: 'EXECUTING',
      description: 'Clear away',
      summary: 'Runs rm a',
    });
    expect(tell('Bash', { command: 'true' }).description).toBe('Runs a command');
  });

  it('says what is looked at', () => {
    const look = (paths: unknown, locale?: 'en' | 'cs') => tell('mcp__talkide__look', { requests: paths }, locale);
    expect(look([{ path: '/' }])).toEqual({
      category: 'BROWSING',
      description: 'Looks at the start page',
      summary: 'GET /',
    });
    const steps = [
      { path: '/' },
      { method: 'POST', path: '/api/entries' },
      { path: '/api/entries' },
      { path: '/book' },
    ];
    expect(look(steps)).toMatchObject({
      description: 'Looks at the start page, /api/entries and /book',
      summary: 'GET /, POST /api/entries, GET /api/entries, GET /book',
    });
    expect(look(steps.slice(0, 2), 'cs').description).toBe('Dívá se na úvodní stránku a /api/entries');
    expect(look('nonsense').description).toBe('Looks at the start page');
  });

  it('gives each tool its category', () => {
    expect(tell('Read', { file_path: 'a.md' }).category).toBe('READING');
    expect(tell('Write', { file_path: 'a.md' }).category).toBe('EDITING');
    expect(tell('Grep', { pattern: 'TODO' })).toMatchObject({ category: 'READING', summary: 'Looks for TODO' });
    expect(tell('Agent', { description: 'Other work' })).toMatchObject({ category: 'DELEGATING' });
    expect(tell('Unheard', {}).category).toBe('OTHER');
  });
});
