import type { Turn } from '@talkide/contracts';
import type { TurnRow } from '../../platform/db/index.ts';
import { formatUsd, usd } from '../../platform/money.ts';

/** A turn as the API shows it. */
export function turnView(row: TurnRow): Turn {
  return {
    id: row.id,
    projectId: row.project_id,
    conversationId: row.conversation_id,
    messageId: row.message_id ?? row.id,
    kind: row.kind,
    status: row.status,
    errorCode: row.error_code,
    costUsd: formatUsd(usd(row.charged_cost_usd)),
    inputTokens: totalInput(row),
    outputTokens: Number(row.output_tokens),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** All input tokens of a turn, cached ones included. */
export function totalInput(row: Pick<TurnRow, 'input_tokens' | 'cache_read_tokens' | 'cache_write_tokens'>): number {
  return Number(row.input_tokens) + Number(row.cache_read_tokens) + Number(row.cache_write_tokens);
}
