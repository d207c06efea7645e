/** Sends a file that a person chose to a link from `uploads.uploadLink`. Throws an error with a sentence for them. */
export async function uploadFile(link: string, file: File): Promise<void> {
  const answer = await fetch(link, { method: 'PUT', body: file }).catch(() => null);
  if (answer?.ok) return;
  const { message } = ((await answer?.json().catch(() => null)) ?? {}) as { message?: string };
  throw new Error(message ?? 'The file could not be sent. Please try again.');
}
