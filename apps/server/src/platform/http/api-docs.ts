import { openApiDocument } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  responses: Record<string, { description: string }>;
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A page that reads: every call by module, with what it answers. No script. */
export function renderApiPage(document: Record<string, unknown>): string {
  const paths = document.paths as Record<string, Record<string, Operation>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? 'other');
  const answer = ([status, { description }]: [string, { description: string }]) =>
    `<dt>${status}</dt><dd>${escapeHtml(description).replaceAll('\n\n', '<br>')}</dd>`;
  const call = ({ path, method, operation }: (typeof operations)[number]) => `
    <details id="${escapeHtml(operation.operationId)}">
      <summary><code class="method">${method}</code> <code>${escapeHtml(path)}</code> <span>${escapeHtml(operation.summary)}</span></summary>
      <dl>${Object.entries(operation.responses).map(answer).join('')}</dl>
    </details>`;
  const group = ([name, calls]: [string, typeof operations]) =>
    `<section><h2>${escapeHtml(name)}</h2>${calls.map(call).join('')}</section>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TalkIDE API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs.css"></head><body><main>
<h1>TalkIDE API</h1><p>REST with JSON. Sign in through <code>POST /api/auth/sign-in</code> and send <code>Authorization: Bearer &lt;accessToken&gt;</code>.
The machine-readable description is <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${[...groups].map(group).join('')}</main></body></html>`;
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{margin:0}main{max-width:60rem;margin:auto;padding:2rem 1rem}
details{border-bottom:1px solid color-mix(in oklab,currentColor 15%,transparent)}summary{padding:.5rem 0;cursor:pointer}
.method{display:inline-block;min-width:4.5rem;font-weight:600}summary span{opacity:.75}dl{display:grid;grid-template-columns:4rem 1fr;gap:.25rem 1rem;margin:.5rem 0 1.5rem}dt{font-weight:600}dd{margin:0}`;

export function apiDocs(app: FastifyInstance): void {
  const document = openApiDocument();
  const json = JSON.stringify(document);
  const html = renderApiPage(document);
  app.get('/api/openapi.json', async (_request, reply) => reply.type('application/json').send(json));
  app.get('/api/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(html));
  app.get('/api/docs.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
}
