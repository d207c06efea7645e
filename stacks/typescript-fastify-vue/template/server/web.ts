import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { env } from './env.ts';
import { notFound } from './errors.ts';
import { contentType, isText } from './media.ts';

const builtWeb = fileURLToPath(new URL('../dist/web/', import.meta.url));
const compress = promisify(gzip);

/** Serves the built web pages. Only files found at start are served; every other page path gets index.html. */
export function serveWeb(app: FastifyInstance, root = builtWeb): void {
  const files = new Set(existsSync(root) ? listFiles(root) : []);
  const index = files.has('/index.html') ? fillIn(readFileSync(join(root, 'index.html'), 'utf8')) : null;
  const indexTag = `"${createHash('sha256')
    .update(index ?? '')
    .digest('base64url')
    .slice(0, 22)}"`;
  const packed = new Map<string, Promise<Buffer>>();

  async function sendFile(path: string, request: FastifyRequest, reply: FastifyReply) {
    const file = join(root, path);
    const { size, mtimeMs } = statSync(file);
    const hashed = path.startsWith('/assets/');
    reply.type(contentType(path));
    reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    reply.header('etag', `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`);
    if (request.headers['if-none-match'] === reply.getHeader('etag')) return reply.status(304).send();
    if (!isText(path) || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
      return reply.send(await readFile(file));
    const body = packed.get(path) ?? readFile(file).then((bytes) => compress(bytes));
    packed.set(path, body);
    return reply
      .header('content-encoding', 'gzip')
      .header('vary', 'accept-encoding')
      .send(await body);
  }

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] ?? '/';
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (!reading || path.startsWith('/api/')) throw notFound('This address');
    if (path !== '/index.html' && files.has(path)) return sendFile(path, request, reply);
    if (index === null || /\.\w+$/.test(path)) throw notFound('This address');
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('etag', indexTag);
    if (request.headers['if-none-match'] === indexTag) return reply.status(304).send();
    return reply.send(index);
  });
}

function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${join(entry.parentPath, entry.name).slice(join(root, '/').length)}`);
}

function fillIn(html: string): string {
  const name = env.name.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return html
    .replaceAll('%APP_NAME%', () => name)
    .replaceAll('%APP_ACCENT_HUE%', String(env.accentHue))
    .replace('--project-hue: 255', `--project-hue: ${env.accentHue}`)
    .replaceAll('%APP_ENV%', env.stage);
}
