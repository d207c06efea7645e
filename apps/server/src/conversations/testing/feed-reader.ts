import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedEvent } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';

export interface Feed {
  status: number;
  /** Everything heard so far, in order. */
  events: FeedEvent[];
  ids: string[];
  ended: Promise<void>;
  close(): void;
}

/** Follows a feed of a listening server as a browser does. */
export function openFeed(app: FastifyInstance, path: string, headers: Record<string, string>): Promise<Feed> {
  const { port } = app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false }, (incoming) => {
      const events: FeedEvent[] = [];
      const ids: string[] = [];
      const ended = new Promise<void>((done) => incoming.once('close', done));
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('error', () => undefined);
      incoming.on('data', (chunk: string) => {
        const frames = (text + chunk).split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const id = /^id: (\d+)$/m.exec(frame)?.[1];
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (id) ids.push(id);
          if (data) events.push(JSON.parse(data));
        }
      });
      resolve({ status: incoming.statusCode ?? 0, events, ids, ended, close: () => outgoing.destroy() });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
