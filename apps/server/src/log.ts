import { type Logger, pino } from 'pino';

export type { Logger };

/** Writes JSON lines to a file. Headers and tokens are never logged; what might slip in is cut out here. */
export function createLogger(file: string, level: string): Logger {
  return pino(
    {
      level,
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
