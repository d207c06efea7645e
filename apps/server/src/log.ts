import { type Logger, pino } from 'pino';

export type { Logger };

/** What fails because the database is away, or the disk full, is told once where that is found out, and not here each time. */
const TOLD_ELSEWHERE = new Set(['database_away']);
const codeOf = (said: unknown): unknown => (said as { code?: unknown; err?: { code?: unknown } } | null)?.code;

/** Writes JSON lines to a file. Headers and tokens are never logged; what might slip in is cut out here. */
export function createLogger(file: string, level: string): Logger {
  return pino(
    {
      level,
      hooks: {
        logMethod(args, method) {
          const [first] = args as unknown[];
          const codes = [codeOf(first), codeOf((first as { err?: unknown } | null)?.err)];
          if (!codes.some((code) => TOLD_ELSEWHERE.has(String(code)))) method.apply(this, args);
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
    pino.destination({ dest: file, sync: true, mkdir: true }),
  );
}
