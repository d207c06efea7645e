import type { TurnRow } from '../platform/db/index.ts';

/** Why a turn may make no more calls. */
export type HaltReason = Exclude<NonNullable<TurnRow['refused_by']>, 'TURNS_OFF'>;
