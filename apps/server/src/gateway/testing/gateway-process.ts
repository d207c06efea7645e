/** A gateway as a process of its own, which a test may kill. Says its address when it listens. */
import { createDatabase } from '../../platform/db/index.ts';
import { startGateway } from './rig.ts';

const { DATABASE_URL = '', UPSTREAM = '', JOURNAL_DIR = '' } = process.env;
const db = createDatabase({ url: DATABASE_URL, poolSize: 2 });
const { url } = await startGateway(db, UPSTREAM, { journalDir: JOURNAL_DIR });
process.send?.(url);
