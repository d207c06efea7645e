import type { ResultPayload } from '@talkide/contracts';
import type { z } from 'zod';
import type { TurnRow } from '../../platform/db/index.ts';
import { formatUsd, usd } from '../../platform/money.ts';
import type { ChangedFile } from '../ports.ts';
import { totalInput } from '../turns/turn-view.ts';

/** Most files named in a message; the version's diff has them all. */
const MAX_FILES = 200;

/** What a finished turn did and cost. */
export function resultOf(
  turn: TurnRow,
  versionNumber: number | null,
  files: readonly ChangedFile[],
): z.infer<typeof ResultPayload> {
  return {
    type: 'result',
    versionNumber,
    files: files
      .slice(0, MAX_FILES)
      .map(({ path, change, additions, deletions }) => ({ path, change, additions, deletions })),
    inputTokens: totalInput(turn),
    outputTokens: Number(turn.output_tokens),
    costUsd: formatUsd(usd(turn.charged_cost_usd)),
    durationMs: Math.max(0, (turn.finished_at?.getTime() ?? 0) - (turn.started_at?.getTime() ?? 0)),
  };
}
