/** A model API that answers as fast as bytes can be written. `/paced/…` takes its time between frames. */
import { createServer, type Socket } from 'node:net';
import { frames, message } from './messages.ts';

const PACE_MS = 4;
const HEAD_END = '\r\n\r\n';
const json = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\ncontent-length: ${message.length}\r\n\r\n`,
  ),
  message,
]);
const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n',
);
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const chunks = frames.map(chunk);
const last = Buffer.from('0\r\n\r\n');

function answer(socket: Socket, head: string, streams: boolean): void {
  if (!streams) {
    socket.write(json);
    return;
  }
  if (!head.includes('/paced/')) {
    // A frame a write: the pieces in which a real upstream sends them.
    socket.write(streamHead);
    for (const one of chunks) socket.write(one);
    socket.write(last);
    return;
  }
  socket.write(streamHead);
  let at = 0;
  const timer = setInterval(() => {
    const next = chunks[at++];
    if (next) socket.write(next);
    else {
      clearInterval(timer);
      socket.write(last);
    }
  }, PACE_MS);
}

const server = createServer({ noDelay: true }, (socket) => {
  let pieces: Buffer[] = [];
  let size = 0;
  let needed = 0;
  let head = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pieces.push(bytes);
    size += bytes.length;
    if (needed === 0) {
      const all = Buffer.concat(pieces);
      const end = all.indexOf(HEAD_END);
      if (end < 0) return;
      head = all.toString('latin1', 0, end);
      needed = end + HEAD_END.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    }
    if (size < needed) return;
    const streams = Buffer.concat(pieces).includes('"stream":true');
    pieces = [];
    size = 0;
    needed = 0;
    answer(socket, head, streams);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
