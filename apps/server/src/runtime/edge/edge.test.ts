import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { AppCrashed, AppStartFailed, RuntimeUnavailable } from '../errors.ts';
import { InFlight } from '../local/in-flight.ts';
import type { EdgeOptions } from './edge.ts';
import type { Target } from './target.ts';
import { running, testApp, testEdge, visit } from './testing.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

async function app(...listener: Parameters<typeof testApp>) {
  const started = await testApp(...listener);
  cleanUp.push(started.close);
  return started;
}

async function edgeTo(target: Target | 'unpublished' | null, more: Partial<EdgeOptions> = {}): Promise<number> {
  const edge = await testEdge({ resolve: async () => target, ...more });
  cleanUp.push(edge.close);
  return edge.port;
}

const failing = (error: unknown): Target => ({ ensure: () => Promise.reject(error), begin: () => () => {} });

test('passes path, method, headers and answer', async () => {
  const port = await edgeTo(
    running(
      await app((req, res) => {
        res.writeHead(207, 'Strange', { 'X-App': 'yes', 'Set-Cookie': ['a=1; Domain=localhost', 'talkide_x=1'] });
        res.end(JSON.stringify([req.method, req.url, req.headers]));
      }),
    ),
  );
  const answer = await visit(port, '/a/b?c=%20d', {
    method: 'PUT',
    body: 'x',
    headers: { cookie: 'mine=1; talkide_session=s', 'x-forwarded-for': '10.0.0.1' },
  });
  expect(answer).toMatchObject({ status: 207, headers: { 'x-app': 'yes', 'set-cookie': ['a=1'] } });
  const [method, url, headers] = JSON.parse(answer.body);
  expect([method, url]).toEqual(['PUT', '/a/b?c=%20d']);
  expect(headers).toMatchObject({ host: 'app.localhost:9090', cookie: 'mine=1', 'x-forwarded-for': '127.0.0.1' });
  expect(headers).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'app.localhost:9090' });
});

/** An app that answers with these bytes, whatever is asked. */
async function saying(bytes: string) {
  const raw = await app(() => {});
  raw.server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  return raw;
}

test.each([
  ['a status that is none', 'HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n'],
  ['a control character', 'HTTP/1.1 200 O\u0001K\r\nContent-Length: 2\r\n\r\nok'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ['no HTTP', 'hello\r\n'],
  ['nothing', ''],
])('an app that answers with %s gets a page in its place, and the next visitor an answer', async (_what, bytes) => {
  const port = await edgeTo(running(await saying(bytes)));
  for (const method of ['GET', 'POST']) {
    const answer = await visit(port, '/', { method });
    expect([answer.status, answer.body]).toEqual([502, expect.stringMatching(/\w/)]);
  }
});

test('resolves the host without its port, in lower case', async () => {
  const resolve = vi.fn(async () => null);
  const edge = await testEdge({ resolve });
  cleanUp.push(edge.close);
  await visit(edge.port, '/', { host: 'Shop.LOCALHOST:9090' });
  expect(resolve).toHaveBeenLastCalledWith('shop.localhost');
  await visit(edge.port, '/', { host: 'other.localhost.' });
  expect(resolve).toHaveBeenLastCalledWith('other.localhost');
});

test('large bodies stream both ways unchanged', async () => {
  const port = await edgeTo(running(await app((req, res) => void req.pipe(res))));
  const body = Buffer.alloc(12 * 1024 * 1024, 'talkide ');
  const answer = await visit(port, '/', { method: 'POST', body });
  expect(answer.body.length).toBe(body.length);
  expect(answer.body).toBe(body.toString());
});

test('an answer that comes before the whole body was sent reaches the visitor', async () => {
  const port = await edgeTo(running(await app((_req, res) => void res.writeHead(413).end('too large'))));
  const asked = request({ port, method: 'POST', headers: { host: 'app.localhost' } });
  asked.on('error', () => {});
  asked.write(Buffer.alloc(256 * 1024));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(413);
  asked.destroy();
});

test('events arrive one by one, not at the end', async () => {
  const started = await app((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: 1\n\n');
    started.server.once('second', () => res.end('data: 2\n\n'));
  });
  const port = await edgeTo(running(started));
  const asked = request({ port, headers: { host: 'app.localhost' } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const [first] = await once(answer, 'data');
  expect(String(first)).toBe('data: 1\n\n');
  started.server.emit('second');
  const [second] = await once(answer, 'data');
  expect(String(second)).toBe('data: 2\n\n');
});

test('a visitor who leaves ends the request to the app, and it counts as done', async () => {
  const inFlight = new InFlight();
  const gone = Promise.withResolvers<void>();
  const started = await app((_req, res) => {
    res.write('begun');
    res.on('close', () => gone.resolve());
  });
  const port = await edgeTo(running(started, () => inFlight.begin()));
  const asked = request({ port, headers: { host: 'app.localhost' } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await once(answer, 'data');
  expect(inFlight.idle).toBe(false);
  answer.destroy();
  await gone.promise;
  await inFlight.drained(1_000);
  expect(inFlight.idle).toBe(true);
});

test('an answer the app breaks off is cut for the visitor too', async () => {
  const started = await app((_req, res) => {
    res.writeHead(200, { 'content-length': '100' });
    res.write('half', () => res.destroy());
  });
  const port = await edgeTo(running(started));
  await expect(visit(port, '/')).rejects.toThrow();
});

test('a GET whose connection died unanswered is asked once more of a fresh app', async () => {
  let calls = 0;
  const started = await app((req, res) => {
    calls += 1;
    if (calls === 1) req.socket.destroy();
    else res.end('second time');
  });
  const ensure = vi.fn(async () => started.socketPath);
  const port = await edgeTo({ ensure, begin: () => () => {} });
  expect(await visit(port, '/')).toMatchObject({ status: 200, body: 'second time' });
  expect(ensure).toHaveBeenCalledTimes(2);
});

test('a GET that fails twice, and a POST that fails once, get the page', async () => {
  let calls = 0;
  const started = await app((req) => {
    calls += 1;
    req.socket.destroy();
  });
  const port = await edgeTo(running(started));
  expect(await visit(port, '/', { headers: { accept: 'text/html' } })).toMatchObject({ status: 502 });
  expect(calls).toBe(2);
  const answer = await visit(port, '/', { method: 'POST', body: 'once' });
  expect(answer).toMatchObject({ status: 502 });
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'app_crashed' });
  expect(calls).toBe(3);
});

test.each([
  ['no app', null, 404, 'app_notFound'],
  ['an unpublished app', 'unpublished' as const, 404, 'app_unpublished'],
  ['an app that keeps crashing', failing(new AppCrashed('log', 1_000)), 502, 'app_crashed'],
  ['an app that ended at its start', failing(new AppStartFailed('exited', '')), 502, 'app_crashed'],
  ['an app that did not answer in time', failing(new AppStartFailed('timeout', '')), 503, 'app_tooSlow'],
  ['a machine without sandboxes', failing(new RuntimeUnavailable('no bwrap', 'install')), 503, 'app_unavailable'],
])('%s: the fitting page', async (_name, target, status, code) => {
  const answer = await visit(await edgeTo(target), '/');
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ code, status });
});

test('a starting app holds the request, at most so long, and at most so many', async () => {
  const start = Promise.withResolvers<string>();
  const target: Target = { ensure: () => start.promise, begin: () => () => {} };
  const port = await edgeTo(target, { maxWaitMs: 200, maxWaitingPerHost: 2 });
  const answers = await Promise.all([1, 2, 3].map(() => visit(port, '/', { headers: { accept: 'text/html' } })));
  expect(answers.map((answer) => answer.status)).toEqual([503, 503, 503]);
  expect(answers[0]?.headers['retry-after']).toBe('3');
  const started = await app((_req, res) => res.end('awake'));
  start.resolve(started.socketPath);
  expect(await visit(port, '/')).toMatchObject({ status: 200, body: 'awake' });
});

test('an app that takes a request and never answers: a page after a while, and no second try', async () => {
  const taken = vi.fn();
  const port = await edgeTo(running(await app(taken)), { firstByteMs: 500 });
  const answer = await visit(port, '/');
  expect(answer.status).toBe(504);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'app_silent' });
  expect(await visit(port, '/', { method: 'POST', body: 'x' })).toMatchObject({ status: 504 });
  expect(taken).toHaveBeenCalledTimes(2);
});

test('an answer that has begun may take as long as it likes', async () => {
  const started = await app((_req, res) => {
    res.write('begun, ');
    started.server.once('end', () => res.end('ended'));
  });
  const port = await edgeTo(running(started), { firstByteMs: 1_000 });
  const asked = request({ port, headers: { host: 'app.localhost' } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  // The time of the first byte passes for a second request, so it has passed for the first.
  const silent = await edgeTo(running(await app(() => {})), { firstByteMs: 1_500 });
  expect((await visit(silent, '/')).status).toBe(504);
  started.server.emit('end');
  let body = '';
  for await (const part of answer) body += part;
  expect(body).toBe('begun, ended');
});

test('a failure names its cause to the platform', async () => {
  const onFailure = vi.fn();
  const error = new AppCrashed('log', 1_000);
  await visit(await edgeTo(failing(error), { onFailure }), '/');
  expect(onFailure).toHaveBeenCalledWith('app.localhost', 'crashed', error);
});

test('an upgraded connection passes bytes both ways and counts until it closes', async () => {
  const inFlight = new InFlight();
  const started = await app(() => {});
  started.server.on('upgrade', (req, socket, head) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Saw: ${req.headers['x-forwarded-for']}\r\n\r\n`,
    );
    socket.write(head);
    socket.pipe(socket);
  });
  const port = await edgeTo(running(started, () => inFlight.begin()));
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let seen = '';
  socket.on('data', (part) => {
    seen += part;
  });
  socket.write('GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly');
  await vi.waitFor(() => expect(seen).toMatch(/^HTTP\/1.1 101 [\s\S]*X-Saw: 127.0.0.1[\s\S]*\r\n\r\nearly$/), 15_000);
  socket.write(' and late');
  await vi.waitFor(() => expect(seen).toMatch(/early and late$/), 15_000);
  expect(inFlight.idle).toBe(false);
  socket.destroy();
  await inFlight.drained(1_000);
  expect(inFlight.idle).toBe(true);
});

test('an upgrade the app refuses, or nobody answers, ends with a status', async () => {
  const ask = async (port: number) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write('GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    let seen = '';
    for await (const part of socket) seen += part;
    return seen;
  };
  const plain = await app((_req, res) => res.writeHead(403).end('members only'));
  expect(await ask(await edgeTo(running(plain)))).toMatch(/^HTTP\/1.1 403 [\s\S]*members only/);
  expect(await ask(await edgeTo(null))).toMatch(/^HTTP\/1.1 404 /);
  const full = await edgeTo(running(plain), { maxWaitingPerHost: 0 });
  expect(await ask(full)).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nRetry-After: 3\r\n/);
  const silent = await app(() => {});
  silent.server.on('upgrade', (_req, socket) => socket.resume().once('end', () => socket.end()));
  expect(await ask(await edgeTo(running(silent), { firstByteMs: 50 }))).toMatch(/^HTTP\/1.1 504 /);
});
