import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { goesOn, watchRequests } from './drain.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(answer: Answer, requests = watchRequests()) {
  const server = createServer((request, response) => {
    requests.watch(response);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.closeAllConnections();
  });
  const ask = async (path = '/', by = agent) => {
    const [response] = (await once(get({ port, host: '127.0.0.1', path, agent: by }), 'response')) as [IncomingMessage];
    return response;
  };
  return { requests, server, ask };
}

test('what is under way ends, a kept connection is answered once more, a new one is refused', async () => {
  let finish = () => {};
  const { requests, server, ask } = await serving((request, response) => {
    if (request.url === '/slow') finish = () => response.end('slow');
    else response.end('quick');
  });
  (await ask()).resume();
  const slow = ask('/slow', new Agent());
  await expect.poll(() => String(finish)).toContain('slow');
  const looks: number[] = [];
  const drained = requests.drain([server], () => looks.push(1));
  const last = await ask();
  expect(last.headers.connection).toBe('close');
  last.resume();
  await expect(ask('/', new Agent())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  finish();
  expect((await slow).statusCode).toBe(200);
  await drained;
  expect(looks.length).toBeGreaterThan(1);
});

test('a connection that brings nothing is ended, also where an endless answer goes on', async () => {
  const { requests, server, ask } = await serving((request, response) => {
    if (request.url === '/endless') goesOn(response);
    response.write('begun');
    if (request.url !== '/endless') response.end();
  });
  const idle = await ask();
  idle.resume();
  const ended = once(idle.socket, 'close');
  const stream = await ask('/endless', new Agent());
  stream.on('error', () => {});
  await requests.drain([server], () => {});
  await ended;
  expect(stream.complete).toBe(false);
});

test('while it is announced all is served, and it lasts until connections from before are not used any more', async () => {
  const quietMs = 300;
  const { requests, ask } = await serving((_, response) => void response.end(), watchRequests({ leastMs: 0, quietMs }));
  (await ask()).resume();
  const announced = requests.announce();
  const asked = performance.now();
  const answers = [await ask(), await ask('/', new Agent())];
  expect(answers.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  for (const answer of answers) answer.resume();
  await announced;
  expect(performance.now() - asked).toBeGreaterThanOrEqual(quietMs);
});

test('an answer that goes on for ever is not waited for', async () => {
  const { requests, server, ask } = await serving((_request, response) => {
    goesOn(response);
    response.write('on and on');
  });
  const stream = await ask();
  stream.on('error', () => {});
  await requests.drain([server], () => {});
  expect(stream.complete).toBe(false);
});
