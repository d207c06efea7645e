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
  close(): void;
}

const RETRY_MS = 25;

export async function follow(stage: Stage, projectId: string): Promise<Follower> {
  const { body } = await stage.send<ConversationView>({
    method: 'GET',
    path: `/api/projects/${projectId}/conversation`,
  });
  const ended = new AbortController();
  const follower: Follower = { projectId, from: body.lastEventId, ids: [], close: () => ended.abort() };
  void followOn(stage, follower, ended.signal);
  return follower;
}

async function followOn(stage: Stage, follower: Follower, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await readOnce(stage, follower, signal).catch(() => {});
    await pause(RETRY_MS);
  }
}

async function readOnce(stage: Stage, { projectId, from, ids }: Follower, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${stage.url}/api/projects/${projectId}/feed`, {
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
    }
  }
}
