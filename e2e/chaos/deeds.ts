import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConversationView, Project, ProjectVersion, Release, Turn } from '@talkide/contracts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

export const DEEDS = ['say', 'build', 'publish', 'topUp', 'edit', 'restore'] as const;
export type DeedKind = (typeof DEEDS)[number];

/** What a person did, and what the platform answered. */
export type Deed =
  | { kind: 'say' | 'build'; projectId: string; content: string; status: number; turnId: string | null }
  | { kind: 'publish'; projectId: string; status: number; releaseId: string | null }
  | { kind: 'edit'; projectId: string; status: number; description: string }
  | { kind: 'restore'; projectId: string; status: number; versionNumber: number | null }
  | { kind: 'topUp'; topUpId: string; paid: boolean };

const CARD = { number: '4242424242424242', expiry: '12/34', cvc: '123' };
const COLOURS = ['green', 'blue', 'red', 'orange', 'purple', 'teal'];

let said = 0;
/** A wish that no other has: it is found again in the books. */
function wish(random: Random): string {
  said += 1;
  return random.chance(0.5)
    ? `Change the title to "Round ${said}"`
    : `Make the header ${random.pick(COLOURS)}. Wish ${said}`;
}

async function say(stage: Stage, projectId: string, content: string, kind: 'say' | 'build'): Promise<Deed> {
  const view = await stage.send<ConversationView>({ method: 'GET', path: `/api/projects/${projectId}/conversation` });
  const answer = await stage.send<{ turn?: Turn }>({
    method: 'POST',
    path: `/api/conversations/${view.body.conversation.id}/messages`,
    body: { content },
    key: randomUUID(),
  });
  return { kind, projectId, content, status: answer.status, turnId: answer.body.turn?.id ?? null };
}

async function publish(stage: Stage, projectId: string): Promise<Deed> {
  const answer = await stage.send<Partial<Release>>({
    method: 'POST',
    path: `/api/projects/${projectId}/publish`,
    body: {},
    key: randomUUID(),
  });
  const releaseId = answer.status === 202 ? (answer.body.id ?? null) : null;
  return { kind: 'publish', projectId, status: answer.status, releaseId };
}

let edited = 0;
/** A new file each time: its version is found again by its description. */
async function edit(stage: Stage, projectId: string): Promise<Deed> {
  edited += 1;
  const path = `notes/${edited}.md`;
  const { status } = await stage.send({
    method: 'PUT',
    path: `/api/projects/${projectId}/file?path=${encodeURIComponent(path)}`,
    body: { content: 'Written by hand.\n' },
    headers: { 'if-none-match': '*' },
  });
  return { kind: 'edit', projectId, status, description: `Edit ${path}` };
}

async function restore(stage: Stage, projectId: string): Promise<Deed> {
  const { status, body } = await stage.send<Partial<ProjectVersion>>({
    method: 'POST',
    path: `/api/projects/${projectId}/versions/1/restore`,
    body: {},
    key: randomUUID(),
  });
  return { kind: 'restore', projectId, status, versionNumber: body.versionNumber ?? null };
}

/** The card page is the provider's, which is part of the platform here: it is away when the platform is. */
async function pay(stage: Stage, url: string): Promise<boolean> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const body = new URLSearchParams(CARD);
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', body }).catch(() => null);
    if (answer && answer.status < 500) return answer.status < 400;
    await pause(20);
  }
  throw new Error(`nobody answered at ${stage.url}`);
}

async function topUp(stage: Stage): Promise<Deed> {
  const { status, body } = await stage.send<{ id: string; payment: { cardPageUrl: string } }>({
    method: 'POST',
    path: '/api/credit/topups',
    body: { amountUsd: '5' },
    key: randomUUID(),
  });
  if (status !== 201) throw new Error(`a top-up was answered with ${status}: ${JSON.stringify(body)}`);
  return { kind: 'topUp', topUpId: body.id, paid: await pay(stage, stage.url + body.payment.cardPageUrl) };
}

export function createProject(stage: Stage, name: string): Promise<Project> {
  return stage
    .send<Project>({ method: 'POST', path: '/api/projects', body: { name }, key: randomUUID() })
    .then(({ body }) => body);
}

/** Ends the conversation and begins another. */
export async function beginAnew(stage: Stage, projectId: string): Promise<void> {
  const path = `/api/projects/${projectId}/conversations`;
  const { status, body } = await stage.send({ method: 'POST', path, body: {}, key: randomUUID() });
  if (status !== 201) throw new Error(`a conversation was not begun: ${status} ${JSON.stringify(body)}`);
}

export function act(stage: Stage, kind: DeedKind, projectId: string, random: Random): Promise<Deed> {
  if (kind === 'publish') return publish(stage, projectId);
  if (kind === 'topUp') return topUp(stage);
  if (kind === 'edit') return edit(stage, projectId);
  if (kind === 'restore') return restore(stage, projectId);
  return say(stage, projectId, kind === 'build' ? 'Build a todo board' : wish(random), kind);
}
