/**
 * Runs one at a time among all tabs of this browser. Two tabs that traded the same refresh token at once would look
 * like a stolen token and end the session.
 */
export function acrossTabs<T>(name: string, run: () => Promise<T>): Promise<T> {
  // Missing on plain http addresses other than localhost.
  const locks: LockManager | undefined = navigator.locks;
  return locks ? (locks.request(name, run) as Promise<T>) : run();
}
