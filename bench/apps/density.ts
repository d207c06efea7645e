import { readFile } from 'node:fs/promises';
import type { Project } from '@talkide/contracts';
import { signUp, visit } from '../../e2e/support/api.ts';
import { connect } from '../../e2e/support/database.ts';
import { freePort, makeHome, memoryOf, removeHome, startPlatform } from '../../e2e/support/platform.ts';
import { publish } from './publish.ts';
import { log, pause, quantile, timed, until } from './support.ts';

/**
 * Copies a published project with its rows (version, releases, conversation). They share one artefact, as projects do that
 * were just made; data, process and address of each are its own.
 */
async function multiply(home: string, project: Project, count: number): Promise<void> {
  const client = await connect(home, 'talkide');
  const columns = async (table: string, changed: string[]) => {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(column_name) as name from information_schema.columns
        where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' and column_name <> all ($2)`,
      [table, [...changed, 'id']],
    );
    return rows.map(({ name }) => name).join(', ');
  };
  const of = (names: string) => names.replaceAll(/[^ ,]+/g, (name) => `one.${name}`);
  try {
    await client.query('begin');
    const own = await columns('project', ['name', 'slug', 'data_slug', 'preview_uuid', 'url']);
    await client.query(
      `insert into project (name, slug, data_slug, preview_uuid, url, ${own})
       select 'Copy ' || n, 'copy-' || n, 'copy-' || n, gen_random_uuid(), regexp_replace(url, '//[^.]+', '//copy-' || n), ${own}
         from project, generate_series(1, ${count}) as n where id = $1`,
      [project.id],
    );
    const version = await columns('project_version', ['project_id']);
    await client.query(
      `insert into project_version (project_id, ${version})
       select copy.id, ${of(version)} from project_version as one, project as copy
        where one.project_id = $1 and copy.slug ~ '^copy-\\d+$'`,
      [project.id],
    );
    const release = await columns('release', ['project_id', 'version_id']);
    await client.query(
      `insert into release (project_id, version_id, ${release})
       select version.project_id, version.id, ${of(release)}
         from release as one join project_version as version
           on version.version_number = 1 and version.project_id in (select id from project where slug ~ '^copy-\\d+$')
        where one.project_id = $1 and one.status = 'ACTIVE'`,
      [project.id],
    );
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** After its start an application keeps what was compiled. */
const COMPILED_MS = 1_500;

async function pagesSwappedOut(): Promise<number> {
  return Number(/^pswpout (\d+)$/m.exec(await readFile('/proc/vmstat', 'utf8'))?.[1] ?? 0);
}

/** Many published applications, and some of them awake: start of the platform, wakes, memory. */
export async function measureDensity(published: number, awake: number): Promise<Record<string, number>> {
  const home = await makeHome();
  const port = await freePort();
  // All that is woken stays awake.
  const env = { TALKIDE_APP_FREEZE_SECONDS: '0', TALKIDE_APP_IDLE_SECONDS: '3600' };
  let platform = await startPlatform({ home, port, env });
  try {
    const { api } = await signUp(platform.url, {
      email: 'ada@example.com',
      name: 'Ada',
      password: 'three unrelated words',
    });
    const project = await api.post<Project>('/api/projects', { name: 'First' });
    await until('the preview', async () => (await visit(project.previewUrl)).status === 200);
    await publish(api, project);
    await platform.stop();
    platform = await startPlatform({ home, port, env });
    const startOfOneMs = platform.startMs;
    await multiply(home, project, published - 1);
    const copy = (n: number) => {
      const address = new URL(project.publicUrl);
      address.hostname = address.hostname.replace(/^[^.]+/, `copy-${n}`);
      return address.href;
    };
    // A published application has been started before: its tables are made, its code was compiled.
    for (let n = 1; n <= awake; n++) await timed(() => visit(copy(n)));
    await pause(COMPILED_MS);
    await platform.stop();
    platform = await startPlatform({ home, port, env });
    log(`${published} applications: the platform started in ${platform.startMs} ms`);
    const swappedBefore = await pagesSwappedOut();
    const asleep = await memoryOf(platform.pid);
    const wakes: number[] = [];
    for (let n = 1; n <= awake; n++) {
      wakes.push(await timed(() => visit(copy(n))));
      if (n % 20 === 0) log(`${n} awake: the last wakes took ${quantile(wakes.slice(-20), 0.5)} ms (p50)`);
    }
    const all = await memoryOf(platform.pid);
    return {
      published,
      awake,
      ...{ startOfOneMs, densityStartMs: platform.startMs },
      ...{ densityWakeP50Ms: quantile(wakes, 0.5), densityWakeP95Ms: quantile(wakes, 0.95) },
      ...{ asleepPssMb: asleep.pssMb, awakePssMb: all.pssMb, awakeRssMb: all.rssMb },
      pssMbPerAwake: Math.round(((all.pssMb - asleep.pssMb) / awake) * 10) / 10,
      pagesSwappedOut: (await pagesSwappedOut()) - swappedBefore,
    };
  } finally {
    await platform.stop();
    await removeHome(home);
  }
}
