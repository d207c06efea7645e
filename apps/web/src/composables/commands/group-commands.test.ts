import { describe, expect, it } from 'vitest';
import { groupCommands } from './group-commands';

const command = (label: string, group: string, keywords?: string) => ({
  id: label,
  label,
  group,
  run: () => undefined,
  ...(keywords ? { keywords } : {}),
});
const commands = [
  command('Účet', 'Stránky'),
  command('Kniha hostů', 'Projekty', 'guest-book'),
  command('Studio', 'Stránky'),
];
const found = (query: string) => groupCommands(commands, query).map((group) => [group.name, group.commands.length]);

describe('groupCommands', () => {
  it('keeps groups in order of appearance', () => {
    expect(found('')).toEqual([
      ['Stránky', 2],
      ['Projekty', 1],
    ]);
  });
  it('finds without diacritics, by any word and by keyword', () => {
    expect(found('ucet')).toEqual([['Stránky', 1]]);
    expect(found('HOSTU kniha')).toEqual([['Projekty', 1]]);
    expect(found('guest')).toEqual([['Projekty', 1]]);
    expect(found('nothing')).toEqual([]);
  });
});
