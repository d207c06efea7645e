import type { Reply } from '../protocol.ts';
import { bash, edit, end, glob, go, read, write } from '../reply.ts';
import { fileText, type Scenario } from '../scenario.ts';
import { CZECH } from '../scenarios/czech.ts';
import { callsOf, callsOn, pathsFound, type Stage, textRead } from '../stage.ts';
import { fillOf, type Order, orderIn } from './order.ts';

export type Side = 'backend' | 'frontend';

/** Files that a specialist writes in one go. */
const AT_ONCE = 4;
const LOOK = { backend: '{shared,server,migrations,test}/**/*.{ts,sql}', frontend: 'src/**/*.{ts,vue}' };
const CONNECTED_IN = { backend: 'server/routes/index.ts', frontend: 'src/router.ts' };

const NO_ORDER = {
  en: 'Demo model: I only know the work that Mara hands on in the demo.',
  cs: 'Ukázkový model: umím jen práci, kterou Mara v ukázce předává.',
};

/** The next free number of a migration and its table's name. */
export function migrationPath(found: string[], name: string): string {
  const numbers = found.map((path) => Number(/^migrations\/(\d+)_/.exec(path)?.[1] ?? 0));
  return `migrations/${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}_${name}.sql`;
}

type Work = { path: string; text: string };

/** The files of an order that are not in the project yet. */
function workOf(stage: Stage, side: Side, order: Order, found: string[]): Work[] {
  const { scenario } = order;
  const fill = fillOf(order, stage.locale);
  const text = (path: string) => fileText(scenario.id, path, stage.locale, fill);
  const page = `src/pages/${scenario.page}.vue`;
  const paths = side === 'backend' ? scenario.backend.files : [...scenario.frontend.files, page];
  const files = paths
    .filter((path) => path !== scenario.forgotten && !found.includes(path))
    .map((path) => ({ path, text: text(path) }));
  if (side === 'frontend') return files;
  const migration = `migrations/${scenario.table}.sql`;
  return [{ path: migrationPath(found, scenario.table), text: text(migration) }, ...files];
}

/** A new last line of the list of routes. */
function routeEdit(stage: Stage, scenario: Scenario): Reply['tools'] {
  const path = 'server/routes/index.ts';
  const last = textRead(stage, path)
    ?.match(/^export .+;$/gm)
    ?.at(-1);
  if (last === undefined || last.includes(`./${scenario.route}.ts`)) return [];
  const line = `export { default as ${scenario.route} } from './${scenario.route}.ts';`;
  return [edit(stage.at(path), last, `${last}\n${line}`)];
}

/** The page takes the place of the blank start page, or stands beside what is there. */
function pageEdits(stage: Stage, scenario: Scenario, found: string[]): Reply['tools'] {
  const router = textRead(stage, 'src/router.ts') ?? '';
  const load = `component: () => import('./pages/${scenario.page}.vue')`;
  const start = /^.*pages\/Home\.vue.*$/m.exec(router)?.[0];
  const last = /^.*pages\/NotFound\.vue.*$/m.exec(router)?.[0];
  const title = scenario.title[stage.locale];
  const edits: Reply['tools'] = [];
  if (start) {
    edits.push(edit(stage.at('src/router.ts'), start, `  { path: '/', ${load} },`));
    const old = ['src/pages/Home.vue', 'src/components/StartPicture.vue'].filter((path) => found.includes(path));
    if (old.length > 0) edits.push(bash(`rm ${old.join(' ')}`, 'Take the blank start page away'));
  } else if (last) {
    const line = `  { path: '${scenario.path}', ${load}, meta: { title: '${title}' } },`;
    edits.push(edit(stage.at('src/router.ts'), last, `${line}\n${last}`));
  }
  return edits;
}

/** The template's own sentences in the person's language; an empty step when there is nothing to translate. */
function translate(stage: Stage, side: Side): Reply['tools'] {
  if (stage.locale !== 'cs') return [];
  const unread = CZECH[side].filter(({ path }) => callsOn(stage, 'Read', path).length === 0);
  if (unread.length > 0) return unread.map(({ path }) => read(stage.at(path)));
  return CZECH[side].flatMap(({ path, pairs }) => {
    const text = textRead(stage, path) ?? '';
    if (callsOn(stage, 'Edit', path).length > 0) return [];
    return pairs.filter(([en]) => text.includes(en)).map(([en, cs]) => edit(stage.at(path), en, cs));
  });
}

/** A specialist's next step: look, write what is missing, connect it, check it, report. */
export function playSpecialist(stage: Stage, side: Side): Reply {
  const order = orderIn(stage.turn.asked);
  if (!order) return end(NO_ORDER[stage.locale]);
  const { scenario } = order;
  const part = scenario[side];
  const found = pathsFound(stage, LOOK[side]);
  if (!found) {
    const reads = ['AGENTS.md', CONNECTED_IN[side]].map((path) => read(stage.at(path)));
    return go(part.opening[stage.locale], ...reads, glob(LOOK[side]));
  }
  const missing = workOf(stage, side, order, found).filter(({ path }) => callsOn(stage, 'Write', path).length === 0);
  if (missing.length > 0)
    return go('', ...missing.slice(0, AT_ONCE).map(({ path, text }) => write(stage.at(path), text)));
  if (callsOn(stage, 'Edit', CONNECTED_IN[side]).length === 0) {
    const edits = side === 'backend' ? routeEdit(stage, scenario) : pageEdits(stage, scenario, found);
    if (edits.length > 0) return go('', ...edits);
  }
  const translations = translate(stage, side);
  if (translations.length > 0) return go('', ...translations);
  const tests = `node --test test/${scenario.route}.test.ts`;
  const ran = callsOf(stage.turn).find((call) => call.input.command === tests);
  if (side === 'backend' && !ran) return go('', bash(tests, 'Run the checks'));
  if (ran?.isError) return end(`${TESTS_FAILED[stage.locale]}\n\n${ran.result.slice(-1_500)}`);
  return end(part.report[stage.locale]);
}

const TESTS_FAILED = {
  en: 'What I wrote does not pass its own checks yet. The last lines say:',
  cs: 'To, co jsem napsal, zatím neprochází vlastními kontrolami. Poslední řádky říkají:',
};
