/** Buckets of a histogram of times: four for every doubling, so that a percentile is at most a fifth too high. */
export const BUCKETS = 64;
const PER_DOUBLING = 4;

/** The bucket of a time in milliseconds; what takes longer than a minute is in the last one. */
export function bucketOf(ms: number): number {
  if (!(ms > 0)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(PER_DOUBLING * Math.log2(1 + ms)));
}

/** The longest time of a bucket, in milliseconds. */
export const boundOf = (bucket: number): number => 2 ** ((bucket + 1) / PER_DOUBLING) - 1;

/** The time within which a part (0 to 1) of what was counted ended; null when nothing was. */
export function percentile(counts: readonly number[], part: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    seen += count;
    if (count > 0 && seen >= total * part) return boundOf(bucket);
  }
  return boundOf(BUCKETS - 1);
}
