import { describe, expect, test } from 'vitest';
import { errorCatalogue } from './catalogue.ts';
import { openApiDocument } from './openapi.ts';
import type { RouteContract } from './route.ts';
import { routes } from './routes.ts';

const contracts = Object.entries(routes) as [string, RouteContract][];
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe('routes', () => {
  test('no two answer at the same place', () => {
    const places = contracts.map(([, { method, url }]) => `${method} ${url.replace(/:\w+/g, ':')}`);
    expect(new Set(places).size).toBe(places.length);
  });

  test.each(contracts)('%s names errors of the catalogue and one success', (_id, contract) => {
    expect((contract.errors ?? []).filter((code) => !(code in errorCatalogue))).toEqual([]);
    expect(Object.keys(contract.responses)).toHaveLength(1);
  });

  test.each(contracts)('%s has a schema for every parameter of its path', (_id, contract) => {
    const named = contract.url.match(/(?<=:)\w+/g) ?? [];
    const shape = (contract.params as { shape?: object } | undefined)?.shape ?? {};
    expect(Object.keys(shape).sort()).toEqual([...named].sort());
  });
});

test.each(Object.entries(errorCatalogue))('%s says the same in both languages', (_code, { status, en, cs }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(holes(cs)).toEqual(holes(en));
  expect(cs).not.toBe(en);
});

test('the document has every route, and no reference into nothing', () => {
  const text = JSON.stringify(openApiDocument());
  const document = JSON.parse(text) as {
    paths: Record<string, object>;
    components: { schemas: Record<string, unknown> };
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
  expect(operations).toHaveLength(contracts.length);
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  expect(text).not.toContain('$defs');
});
