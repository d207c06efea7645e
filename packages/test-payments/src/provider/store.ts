import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kept, Kind, OfKind } from './objects.ts';

/** Everything the provider knows, in memory and, with a folder, on disk. */
export interface Store {
  get<K extends Kind>(kind: K, id: string): OfKind<K> | undefined;
  all<K extends Kind>(kind: K): OfKind<K>[];
  /** Writes changed objects together: after a kill either all of them are there or none. */
  commit(changes: readonly Kept[]): void;
}

const DAY_SECONDS = 86_400;
/** Seconds after which a restart forgets; what is not named here stays. */
const lifetimes: Partial<Record<Kind, number>> = {
  answer: DAY_SECONDS,
  event: 30 * DAY_SECONDS,
  delivery: 30 * DAY_SECONDS,
};

/** A journal of one line for each commit, rewritten at the start; a last line that was torn by a kill counts as none. */
export function openStore(folder: string | null, nowSeconds: number): Store {
  const kept = new Map<string, Kept>();
  const keyOf = (kind: Kind, id: string) => `${kind} ${id}`;
  const take = (changes: readonly Kept[]) => {
    for (const one of changes) kept.set(keyOf(one.object, one.id), one);
  };
  const file = folder === null ? null : join(folder, 'journal.ndjson');
  if (folder !== null && file !== null) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) take(parseLine(line));
    for (const [key, one] of kept) {
      if (nowSeconds - one.created > (lifetimes[one.object] ?? Infinity)) kept.delete(key);
    }
    const lines = [...kept.values()].map((one) => `${JSON.stringify([one])}\n`).join('');
    writeFileSync(`${file}.new`, lines, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return {
    get: <K extends Kind>(kind: K, id: string) => kept.get(keyOf(kind, id)) as OfKind<K> | undefined,
    all: <K extends Kind>(kind: K) => [...kept.values()].filter((one) => one.object === kind) as OfKind<K>[],
    commit: (changes) => {
      if (file !== null) appendFileSync(file, `${JSON.stringify(changes)}\n`);
      take(changes);
    },
  };
}

function parseLine(line: string): Kept[] {
  try {
    return line === '' ? [] : (JSON.parse(line) as Kept[]);
  } catch {
    return [];
  }
}
