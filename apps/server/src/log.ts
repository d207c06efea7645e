import { type Logger, pino } from 'pino';

export type { Logger };

/** What fails because the database is away, or there is little room, is told once where that is found out, and not here each time. */
const TOLD_ELSEWHERE = new Set(['database_away', 'room_low']);
/** These are said once in a while. */
const SELDOM = new Set(['disk_full', '53100', 'ENOSPC']);
const SELDOM_MS = 60_000;
const codeOf = (said: unknown): unknown => (said as { code?: unknown; err?: { code?: unknown } } | null)?.code;

/** Writes JSON lines to a file. Headers and tokens are never logged; what might slip in is cut out here. */
export function createLogger(file: string, level: string): Logger {
  let quietUntil = 0;
  const destination = pino.destination({ dest: file, sync: true, mkdir: true });
  // A full disk costs lines of the log, not the platform.
  destination.on('error', () => {});
  return pino(
    {
      level,
      hooks: {
        logMethod(args, method) {
          const [first] = args as unknown[];
          const codes = [codeOf(first), codeOf((first as { err?: unknown } | null)?.err)].map(String);
          if (codes.some((code) => TOLD_ELSEWHERE.has(code))) return;
          if (codes.some((code) => SELDOM.has(code))) {
            if (performance.now() < quietUntil) return;
            quietUntil = performance.now() + SELDOM_MS;
          }
          method.apply(this, args);
        },
      },
      redact: {
        paths: [
          '*.authorization',
          '*.cookie',
          '*.password',
          '*.token',
          '*.apiKey',
          '*.headers',
          'err.config',
          'err.headers',
        ],
        censor: '[removed]',
      },
    },
    destination,
  );
}
