/** The part of ledger:verify that needs Node 24. */
import { verifyUsageLedger } from '../apps/server/src/verify-ledger.ts';

try {
  process.exitCode = (await verifyUsageLedger((text) => process.stdout.write(`${text}\n`))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
