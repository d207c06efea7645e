/** Passing an address on with the system's share sheet, where there is one. */
export function useShare() {
  const canShare = typeof navigator.share === 'function';
  return {
    canShare,
    async share(title: string, url: string): Promise<void> {
      // The person may close the sheet without choosing.
      await navigator.share({ title, url }).catch(() => undefined);
    },
  };
}
