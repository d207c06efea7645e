import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { risksOf, withoutTexts } from './sql-risks.ts';

describe('the risks of a migration', () => {
  it.each([
    ['create table entry (id int primary key)', []],
    ['alter table entry add column note text not null default $$x$$', []],
    ['alter table entry alter column note drop default', []],
    ['drop index entry_name', []],
    ['insert into a values (1) on conflict (id) do update set b = 2', []],
    ['DROP TABLE entry', ['DROPS']],
    ['alter table entry drop column note', ['DROPS']],
    ['alter table entry drop "my note"', ['DROPS']],
    ['delete from entry', ['DELETES']],
    ['truncate entry', ['DELETES']],
    ['update entry set note = 1', ['OVERWRITES']],
    ['alter table entry alter note type int using note::int', ['CHANGES_TYPE']],
    ['alter table entry alter column note set data type int', ['CHANGES_TYPE']],
    ['alter table entry rename note to text', ['RENAMES']],
    ['alter table entry rename to entries', ['RENAMES']],
    ['create index concurrently on entry (note)', ['NOT_TRANSACTIONAL']],
    ['create table a (); commit; create table b ()', ['NOT_TRANSACTIONAL']],
    ['do $$ begin delete from entry; end $$', ['DELETES']],
    ["-- drop table entry\n/* delete /* from */ delete from x */ select 'truncate', e'it\\'s; drop table x'", []],
  ])('%s', (sql, risks) => {
    expect(risksOf(sql)).toEqual(risks);
  });

  it('are not hidden by texts and comments before them, whatever these hold', () => {
    const text = fc.string().map((value) => `'${value.replaceAll("'", "''")}'`);
    const comment = fc.string().map((value) => `--${value.replaceAll('\n', '')}\n`);
    const nested = fc.string().map((value) => `/*${value.replace(/[*/]/g, '')}*/`);
    fc.assert(
      fc.property(fc.array(fc.oneof(text, comment, nested)), (parts) => {
        const before = `select ${parts.join(' ')};\n`;
        expect(risksOf(`${before}drop table entry`)).toEqual(['DROPS']);
        expect(risksOf(before)).toEqual([]);
      }),
    );
  });

  it('no text is too odd', () => {
    fc.assert(fc.property(fc.string(), (sql) => withoutTexts(sql).length <= sql.length * 4 + 4));
  });
});
