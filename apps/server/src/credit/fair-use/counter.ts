/** Counts calls of users by day (UTC), for all gateway processes. */
export interface FairUseCounter {
  /** Takes up to `wanted` calls out of a user's day, of which there are `limit`; how many were left to take. */
  take(userId: string, day: string, wanted: number, limit: number): Promise<number>;
  /** Gives calls back that were not made. */
  giveBack(userId: string, day: string, calls: number): Promise<void>;
  close(): Promise<void>;
}
