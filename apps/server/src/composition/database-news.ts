import type { Logger } from '../log.ts';
import type { DatabaseNews } from '../platform/db/index.ts';
import type { ServerNews } from '../platform/postgres/index.ts';

/**
 * Says once what happens to the database. What fails meanwhile because of it is not logged at all: see `createLogger`.
 */
export function tellDatabaseNews(log: Logger) {
  let failure = '';
  return {
    onNews(news: DatabaseNews): void {
      const { kind, ...facts } = news;
      if (kind === 'away') log.error(facts, 'PostgreSQL does not answer; what needs it is refused until it is back');
      if (kind === 'back') log.warn(facts, 'PostgreSQL answers again');
      if (kind === 'broken') log.warn(facts, 'A connection to PostgreSQL broke');
      if (kind === 'jumped') log.warn(facts, 'The clock of PostgreSQL was set; leases begin anew');
    },
    onServerNews(news: ServerNews): void {
      if (news.kind === 'ended') log.error('PostgreSQL ended and is started again; log/postgres.log tells more');
      if (news.kind === 'started') failure = '';
      if (news.kind !== 'failed') return;
      // It is tried again and again: the same reason is said once.
      const said = String(news.error);
      if (said !== failure) log.error({ err: news.error }, 'PostgreSQL does not start; it is tried again');
      failure = said;
    },
  };
}
