import { RuntimeUnavailable } from './errors.ts';
import type { Runtime, RuntimeStatus } from './runtime.ts';

const refused: Extract<RuntimeStatus, { status: 'unavailable' }> = {
  status: 'unavailable',
  reason: "This platform has accounts of several people, and this system's sandboxes are of development grade.",
  mend: 'Run a platform for several people on Linux; one of your own needs a home of its own (TALKIDE_HOME).',
};

/**
 * A runtime of development grade is good enough for what one person makes, not to keep people apart. It looks for others
 * before it starts anything; once there are some it ends what runs and refuses everything. One of production grade stays as it is.
 */
export async function forOnePerson(runtime: Runtime, hasOthers: () => Promise<boolean>): Promise<Runtime> {
  const { status } = runtime;
  if (status.status !== 'available' || status.grade === 'production') return runtime;
  let refusing = false;
  async function requireOnePerson(): Promise<void> {
    if (!refusing && (await hasOthers())) {
      refusing = true;
      await runtime.close();
    }
    if (refusing) throw new RuntimeUnavailable(refused.reason, refused.mend);
  }
  // Refused at once, so that the start says so.
  await requireOnePerson().catch(() => {});
  return {
    get status() {
      return refusing ? refused : status;
    },
    survivors: refusing ? [] : runtime.survivors,
    paths: runtime.paths,
    run: (job) => requireOnePerson().then(() => runtime.run(job)),
    startApp: (spec) => requireOnePerson().then(() => runtime.startApp(spec)),
    startWorker: (spec) => requireOnePerson().then(() => runtime.startWorker(spec)),
    close: (options) => runtime.close(options),
  };
}
