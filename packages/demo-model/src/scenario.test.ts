import { describe, expect, it } from 'vitest';
import { fileText } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

describe.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))('%s', (id, scenario) => {
  const files = [
    ...scenario.backend.files,
    ...scenario.frontend.files,
    `src/pages/${scenario.page}.vue`,
    `migrations/${scenario.table}.sql`,
  ];

  it.each(['en', 'cs'] as const)('has every file in %s', (locale) => {
    for (const path of files) expect(fileText(id, path, locale).length).toBeGreaterThan(20);
    expect(files).toEqual(
      expect.arrayContaining([scenario.fieldsFile, scenario.textsFile, `server/routes/${scenario.route}.ts`]),
    );
  });

  it('has the same texts in both languages', () => {
    const keys = (locale: 'en' | 'cs') => fileText(id, scenario.textsFile, locale).match(/^ {2}\w+(?=:)/gm);
    expect(keys('en')).toEqual(keys('cs'));
    expect(keys('en')).toEqual(expect.arrayContaining(['  title', '  lead', '  button']));
  });
});
