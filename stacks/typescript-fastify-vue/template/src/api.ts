/** What the server refused. `fields` has a sentence for each input at fault: show it beside that input. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(status: number, code: string, message: string, fields: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...init }).catch(() => {
    throw new ApiError(0, 'OFFLINE', 'The server cannot be reached. Please check your connection and try again.');
  });
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const message = answer?.message ?? 'Something went wrong. Please try again.';
  throw new ApiError(response.status, answer?.code ?? 'UNKNOWN', message, answer?.fields);
}

/** Calls the server: `const entries = await api.get<Entry[]>('/api/entries')`. Throws ApiError. */
export const api = {
  get: <T>(path: string) => request<T>('GET', path),
  post: <T>(path: string, body: unknown = {}) => request<T>('POST', path, body),
  put: <T>(path: string, body: unknown = {}) => request<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown = {}) => request<T>('PATCH', path, body),
  delete: <T>(path: string) => request<T>('DELETE', path),
};
