import { vi } from 'vitest';

type Answer = (body: unknown, query: URLSearchParams) => { status?: number; body?: unknown };

/** Answers calls by `METHOD /path` instead of the network; keeps what was asked. */
export function fakePlatform(answers: Record<string, Answer>): { asked: string[] } {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const call = `${request.method} ${pathname}`;
    asked.push(call);
    const text = await request.text();
    const { status = 200, body } = answers[call]?.(text ? JSON.parse(text) : undefined, searchParams) ?? {
      status: 404,
    };
    const failed = typeof body === 'object' && body && status >= 400 ? { status, ...body } : body;
    return new Response(status === 204 ? null : JSON.stringify(failed ?? {}), {
      status,
      headers: { 'content-type': 'application/json' },
    });
  });
  return { asked };
}
