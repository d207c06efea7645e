export type { Id } from './column-types.ts';
export { withAccount, withDatabase } from './connection-url.ts';
export { beforeCommit, createDatabase, type Database, type Tx } from './database.ts';
export { brokenRule } from './errors.ts';
export { insist } from './insist.ts';
export type { DatabaseNews } from './presence.ts';
export { setUpControlPlane, setUpDataPlane } from './setup.ts';
export { inOurWords, isDatabaseAway, isDiskFull } from './trouble.ts';
export type * from './types.generated.ts';
