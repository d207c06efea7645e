import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationView } from '@talkide/contracts';
import type { Stage } from './stage.ts';

/** A browser's view of a project's feed: it follows through every outage from the last event it has. */
export interface Follower {
  projectId: string;
  /** The event before the first that is followed. */
  from: string;
  /** Ids of the stored events, as they came. */
  ids: string[];
  /** Why the platform ended the feed, each time that it did. */
  reasons: string[];
  close(): void;
}

const RETRY_MS = 25;

/** `url`: where the platform is reached, when not over plain HTTP. */
export async function follow(stage: Stage, projectId: string, url = stage.url): Promise<Follower> {
  const { body } = await stage.send<ConversationView>({
    method: 'GET',
    path: `/api/projects/${projectId}/conversation`,
  });
  const ended = new AbortController();
  const follower: Follower = { projectId, from: body.lastEventId, ids: [], reasons: [], close: () => ended.abort() };
  void followOn(stage, url, follower, ended.signal);
  return follower;
}

async function followOn(stage: Stage, url: string, follower: Follower, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await readOnce(stage, url, follower, signal).catch(() => {});
    await pause(RETRY_MS);
  }
}

async function readOnce(stage: Stage, url: string, follower: Follower, signal: AbortSignal): Promise<void> {
  const { projectId, from, ids, reasons } = follower;
  const response = await fetch(`${url}/api/projects/${projectId}/feed`, {
    headers: { authorization: `Bearer ${await stage.token()}`, 'last-event-id': ids.at(-1) ?? from },
    signal,
  });
  if (!response.ok || !response.body) return void (await response.body?.cancel());
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const id = /^id: ?(.+)$/m.exec(frame)?.[1];
      if (id) ids.push(id);
      const reason = /"type":"feed.closed","reason":"(\w+)"/.exec(frame)?.[1];
      if (reason) reasons.push(reason);
    }
  }
}
