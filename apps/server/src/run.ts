import type { Platform } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { type Give, isSuccessor, onHandover, predecessor, takeTurn } from './handover.ts';
import { HomeError, logFile, openHome, sharesOf } from './home.ts';
import { createLogger, type Logger } from './log.ts';
import { sayReady } from './seats.ts';

const EXIT_CONFIG = 78;
const STOP_TIMEOUT_MS = 20_000;
/** Model calls and requests under way may end first. */
const HAND_OVER_TIMEOUT_MS = 60_000;

/** Says a sentence to the person at the terminal. */
const say = (text: string) => process.stdout.write(`${text}\n`);
const complain = (text: string) => process.stderr.write(`\n${text}\n`);

/** Starts the platform and ends the process when it was asked to stop. */
export async function run(): Promise<void> {
  // A terminal or a starter that is gone is no reason to fail: nobody reads on, that is all.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const stopping = onStopRequest();
  onHandover({
    handOver: stopping.handOver,
    stay: () => complain('The successor did not start, so this platform goes on; what it said is above.'),
    alone: () => complain('Only a platform that was started with npm start can hand over to a successor.'),
  });
  try {
    // The slowest part of a start is loading the modules: it goes on while the folder is looked at.
    const modules = import('./app.ts');
    modules.catch(() => {});
    const config = readConfig(process.env, process.cwd());
    if (isSuccessor) await modules;
    const sockets = isSuccessor ? await takeTurn() : undefined;
    const home = await openHome(config.home, sharesOf(config), predecessor);
    const logger = createLogger(logFile(home.path), config.logLevel);
    const { startPlatform } = await modules;
    const platform = await startPlatform({ config, home, logger, sockets });
    stopping.ready(platform);
    sayReady(home.path, home.seat);
    reportCrashes(stopping, logger);
    say([`\n  TalkIDE is ready: ${platform.url}\n`, ...platform.notes.map((line) => `  ${line}`)].join('\n'));
  } catch (error) {
    complain(`TalkIDE did not start.\n${explain(error)}`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

interface Stopping {
  ready(platform: Platform): void;
  stop(exitCode: number): void;
  handOver(give: Give): void;
}

/** Ctrl-C, SIGTERM, or the death of the process that started us: everything we started stops, then we do. */
function onStopRequest(): Stopping {
  let platform: Platform | undefined;
  let exitCode: number | undefined;
  const end = async () => {
    if (exitCode === undefined || !platform) return;
    say('Stopping …');
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await platform.stop();
    process.exit(exitCode);
  };
  const stop = (code: number) => {
    if (exitCode !== undefined) return;
    exitCode = code;
    void end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  process.on('disconnect', () => stop(0));
  const handOver = async (give: Give) => {
    if (exitCode !== undefined || !platform) return;
    exitCode = 0;
    say('Handing over …');
    setTimeout(() => process.exit(1), HAND_OVER_TIMEOUT_MS).unref();
    await platform.handOver(give).catch((error: unknown) => complain(explain(error)));
    process.exit(0);
  };
  return {
    handOver: (give) => void handOver(give),
    ready: (started) => {
      platform = started;
      void end();
    },
    stop,
  };
}

/** A fault of ours that nobody caught: said and logged, and the platform stops instead of going on in doubt. */
function reportCrashes(stopping: Stopping, logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'A fault that nobody caught');
    complain('TalkIDE met a fault of its own and stops; log/talkide.log in the home tells more. Start it again.');
    stopping.stop(1);
  });
}

/** A sentence with its mend; a fault of ours with its stack. */
function explain(error: unknown): string {
  const { message, mend, stack } = error as Error & { mend?: string };
  if (error instanceof ConfigError || error instanceof HomeError || typeof mend === 'string') {
    return [message, mend].filter(Boolean).join('\n');
  }
  return stack ?? message;
}
