import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { frame, openSse, type SseOptions, type SseStream } from './sse.ts';
import { kernel } from './testing/kernel.ts';

/** A stream and its reader, which reads only when it is told to. */
async function open(options?: SseOptions): Promise<{ stream: SseStream; reader: Socket; received(): Promise<string> }> {
  const opened = Promise.withResolvers<SseStream>();
  const app = await kernel();
  app.get('/api/feed', async (request, reply) => opened.resolve(openSse(request, reply, options)));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const reader = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  reader.on('error', () => {});
  onTestFinished(() => void reader.destroy());
  reader.write('GET /api/feed HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  const received = async () => {
    let text = '';
    for await (const chunk of reader) text += chunk;
    return text;
  };
  return { stream: await opened.promise, reader, received };
}

test('framing: name, id and data on their lines, whatever the text holds', () => {
  expect(frame({ data: 'a' })).toBe('data: "a"\n\n');
  expect(frame({ id: '7', event: 'x', data: { text: 'one\ntwo\r\n\nid: 9' } })).toBe(
    'id: 7\nevent: x\ndata: {"text":"one\\ntwo\\r\\n\\nid: 9"}\n\n',
  );
});

test('a stream has its headers, its events in order and the reason of its end', async () => {
  const { stream, received } = await open();
  await stream.send({ id: '1', data: { n: 1 } });
  await stream.send({ data: { n: 2 } });
  stream.close('session_ended');
  const text = await received();
  expect(text).toMatch(/^HTTP\/1.1 200 OK/);
  expect(text).toContain('content-type: text/event-stream; charset=utf-8');
  expect(text).toContain('x-accel-buffering: no');
  expect(text).toContain("content-security-policy: default-src 'self'");
  expect(text.match(/^data: .*$/gm)).toEqual([
    'data: {"n":1}',
    'data: {"n":2}',
    'data: {"type":"feed.closed","reason":"session_ended"}',
  ]);
  expect(stream.closed.aborted).toBe(true);
});

test('what is sent after the end goes nowhere', async () => {
  const { stream, received } = await open();
  stream.close('shutting_down');
  stream.close('too_slow');
  await stream.send({ data: 'late' });
  const text = await received();
  expect(text).not.toContain('late');
  expect(text.match(/feed\.closed/g)).toHaveLength(1);
});

test('a reader that goes away ends the stream', async () => {
  const { stream, reader } = await open();
  reader.destroy();
  await once(stream.closed, 'abort');
});

test('a quiet stream says that it is still here', async () => {
  const { reader } = await open({ heartbeatMs: 5 });
  for await (const chunk of reader) if (String(chunk).includes(': still here')) return;
});

test('a reader that does not read is closed as too slow, after its bound and not before', async () => {
  const { stream, received } = await open({ slowReaderMs: 100 });
  const big = 'x'.repeat(1024 * 1024);
  const begun = performance.now();
  while (!stream.closed.aborted) await stream.send({ data: big });
  expect(performance.now() - begun).toBeGreaterThan(95);
  expect((await received()).slice(-80)).toContain('{"type":"feed.closed","reason":"too_slow"}');
});
