// How long until the next try: exponential, full jitter, never sooner than the vendor asked.

export interface Backoff {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly retryAfterCapMs: number;
}

/**
 * Delay in milliseconds before try `retries + 1`.
 * @param retries tries that have failed, 1 or more
 * @param retryAfterMs the vendor's wish, or null
 * @param random from 0 up to, not including, 1
 */
export function backoff(policy: Backoff, retries: number, retryAfterMs: number | null, random: number): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(retries - 1, 30));
  const jittered = Math.round(ceiling * random);
  if (retryAfterMs === null) return jittered;
  return Math.min(Math.max(retryAfterMs, 0), policy.retryAfterCapMs) + Math.round(Math.min(jittered, 1000));
}
