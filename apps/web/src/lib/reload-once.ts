const KEY = 'talkide.reloaded-at';
const PAUSE_MS = 10_000;

/** After an update of the platform the old page's files are gone: load the new page, but never in a loop. */
export function reloadOnce(): void {
  const last = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - last < PAUSE_MS) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}
