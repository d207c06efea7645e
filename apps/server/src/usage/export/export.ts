import { type Cell, csvRecord } from '../../platform/csv.ts';
import type { Database } from '../../platform/db/index.ts';
import type { SummaryScope } from '../reports/summary.ts';
import { amount } from '../views.ts';
import { type ExportedCall, readCalls } from './calls-store.ts';

/** Calls that are in memory at a time. */
const PAGE = 1000;

const columns: readonly [name: string, cell: (call: ExportedCall) => Cell][] = [
  ['time', (call) => call.created_at.toISOString()],
  ['call_id', (call) => call.id],
  ['turn_id', (call) => call.turn_id],
  ['project_id', (call) => call.project_id],
  ['project', (call) => ({ text: call.project_name })],
  ['conversation_id', (call) => call.conversation_id],
  ['conversation', (call) => ({ text: call.title })],
  ['agent_role', (call) => ({ text: call.agent_role })],
  ['model', (call) => ({ text: call.model })],
  ['input_tokens', (call) => call.input_tokens],
  ['output_tokens', (call) => call.output_tokens],
  ['cache_read_tokens', (call) => call.cache_read_tokens],
  ['cache_write_tokens', (call) => call.cache_write_tokens],
  ['web_search_requests', (call) => call.web_search_requests],
  ['charged_usd', (call) => amount(call.charged_cost_usd)],
  ['waived_usd', (call) => amount(call.waived_usd)],
  ['latency_ms', (call) => call.latency_ms],
  ['outcome', (call) => ({ text: call.outcome })],
  ['estimated', (call) => call.estimated],
  ['request_id', (call) => ({ text: call.request_id })],
];

/** The calls of a period as CSV, a page at a time; each page in a transaction of its own, however slow the reader is. */
export async function* exportCalls(db: Database, scope: SummaryScope): AsyncGenerator<string> {
  let page = await readPage(db, scope, null);
  yield csvRecord(columns.map(([name]) => name)) + toCsv(page);
  while (page.length === PAGE) {
    page = await readPage(db, scope, page.at(-1) ?? null);
    yield toCsv(page);
  }
}

const readPage = (db: Database, scope: SummaryScope, after: ExportedCall | null): Promise<ExportedCall[]> =>
  db.tenant(scope.tenantId, (tx) => readCalls(tx, scope, { after, limit: PAGE }));

const toCsv = (calls: readonly ExportedCall[]): string =>
  calls.map((call) => csvRecord(columns.map(([, cell]) => cell(call)))).join('');
