import { type Agent, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ConversationView, Project, Release } from '@talkide/contracts';
import { askForRelease } from '../../apps/server/src/release.ts';
import { type Follower, follow } from '../chaos/feed.ts';
import { settle } from '../chaos/settled.ts';
import { openStage, type Stage } from '../chaos/stage.ts';
import { visit } from '../support/api.ts';
import { type Lane, startLoad } from './load.ts';

export interface ReleasesOptions {
  releases: number;
  apps: number;
  /** `full` is 80 requests a second, 25 of them over TLS, and 40 for each application. */
  pace: 'full' | 'quarter';
  /** Between two releases. */
  pauseMs: number;
  onRelease?(ms: number): void;
}

export interface ReleasesReport {
  lanes: Lane[];
  /** One of them is over TLS. `reasons`: why the platform ended each, one after the other. */
  feeds: { events: number; lost: number; doubled: number; reasons: string[][] };
  turns: Record<string, number>;
  /** From asking for it to the successor's first answer, each. */
  releaseMs: number[];
  unsettled: string[];
}

const RELEASE_MS = 120_000;

/** Publishes applications, puts them and the API under load, and has a new release take over again and again. */
export async function runReleases(options: ReleasesOptions): Promise<ReleasesReport> {
  const names = Array.from({ length: options.apps }, (_, index) => `App ${index + 1}`);
  const hosts = names.map((name) => `${name.toLowerCase().replace(' ', '-')}.localhost`);
  const stage = await openStage({ kept: true, secureHosts: ['localhost', ...hosts] });
  try {
    trust(stage);
    const projects: Project[] = [];
    for (const name of names) projects.push(await published(stage, name));
    const followers = await Promise.all([
      ...projects.map(({ id }) => follow(stage, id)),
      ...projects.slice(0, 1).map(({ id }) => follow(stage, id, secure(stage, stage.url))),
    ]);
    const load = startLoad(options.pace === 'full' ? 1 : 4);
    await addLanes(stage, projects, load);
    const releaseMs: number[] = [];
    for (let number = 0; number < options.releases; number += 1) {
      await pause(options.pauseMs);
      releaseMs.push(await release(stage));
      options.onRelease?.(releaseMs.at(-1) ?? 0);
    }
    await pause(options.pauseMs);
    const lanes = await load.stop();
    const unsettled = await settle(stage);
    const feeds = await compare(stage, followers);
    for (const follower of followers) follower.close();
    const rows = await stage.query<{ status: string; count: string }>(
      'select status, count(*) from turn group by status',
    );
    const turns = Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
    return { lanes, feeds, turns, releaseMs, unsettled };
  } finally {
    await stage.close();
  }
}

/** Lets this process trust the platform's certificate. */
function trust({ tls }: Stage): void {
  if (tls) setDefaultCACertificates([...getCACertificates('default'), tls.root]);
}

/** The same address over TLS. */
function secure({ tls }: Stage, address: string): string {
  return `https://${new URL(address).hostname}:${tls?.port}`;
}

async function published(stage: Stage, name: string): Promise<Project> {
  const { body: project } = await stage.send<Project>({ method: 'POST', path: '/api/projects', body: { name } });
  const path = `/api/projects/${project.id}`;
  await until(async () => (await visit(project.previewUrl)).status === 200);
  await stage.send({ method: 'POST', path: `${path}/publish`, body: {} });
  await until(async () => {
    const { body } = await stage.send<{ items: Release[] }>({ method: 'GET', path: `${path}/releases` });
    return body.items.some(({ kind, status }) => kind === 'PUBLISHED' && status === 'ACTIVE');
  });
  return (await stage.send<Project>({ method: 'GET', path })).body;
}

async function addLanes(stage: Stage, projects: Project[], load: ReturnType<typeof startLoad>): Promise<void> {
  const token = await stage.token();
  const api = (method: string, path: string, body?: unknown) => (agent: Agent) =>
    call(stage.url, { method, path, token, body }, agent);
  const app = (address: string) => async (agent: Agent) => (await visit(address, '/', agent)).status;
  const [first] = projects;
  if (!first) throw new Error('nothing was published');
  for (const { previewUrl, publicUrl } of projects) {
    load.add('previews', 50, app(previewUrl));
    load.add('public applications', 50, app(publicUrl));
  }
  const address = first.publicUrl;
  load.add('public applications, new connections', 50, async () => (await visit(address)).status);
  load.add('API reads', 40, api('GET', `/api/projects/${first.id}`));
  load.add('API writes', 100, api('PUT', `/api/projects/${first.id}/budget`, { monthlyCapUsd: '500' }));
  const view = await stage.send<ConversationView>({ method: 'GET', path: `/api/projects/${first.id}/conversation` });
  const messages = `/api/conversations/${view.body.conversation.id}/messages`;
  const ask = (url: string, path: string) => (agent: Agent) =>
    call(secure(stage, url), { method: 'GET', path, token, body: undefined }, agent);
  load.add('over TLS: public applications', 100, ask(address, '/'), 'secure');
  load.add('over TLS: API reads', 100, ask(stage.url, `/api/projects/${first.id}`), 'secure');
  load.add('over TLS: new connections', 100, ask(address, '/'), 'secure, new');
  load.add('messages', 4_000, api('POST', messages, { content: 'Make the heading blue' }));
}

interface ApiCall {
  method: string;
  path: string;
  token: string;
  body: unknown;
}

function call(url: string, { method, path, token, body }: ApiCall, agent: Agent): Promise<number> {
  const { protocol, host, hostname, port } = new URL(url);
  const send = protocol === 'https:' ? secureRequest : request;
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    ...{ host, authorization: `Bearer ${token}` },
    ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port, servername: hostname, method, path };
    const sent = send({ ...where, headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Has a new release take over; ms until it is ready. */
async function release(stage: Stage): Promise<number> {
  const env = { TALKIDE_HOME: stage.home, TALKIDE_PORT: String(stage.platform().port) };
  const { ms } = await askForRelease(env, stage.home);
  await stage.reconnect();
  return Math.round(ms);
}

async function until(ok: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + RELEASE_MS; performance.now() < end; await pause(10)) if (await ok()) return;
  throw new Error('what was waited for did not come');
}

/** What the feeds brought beside what the database holds. */
async function compare(stage: Stage, followers: Follower[]): Promise<ReleasesReport['feeds']> {
  const total = { events: 0, lost: 0, doubled: 0, reasons: followers.map(({ reasons }) => reasons) };
  for (const { projectId, from, ids } of followers) {
    const rows = await stage.query<{ id: string }>(
      'select id from event where project_id = $1 and id > $2 order by id',
      [projectId, from],
    );
    const stored = rows.map(({ id }) => id);
    await until(async () => ids.at(-1) === stored.at(-1) || stored.length === 0);
    const brought = new Set(ids);
    total.events += stored.length;
    total.lost += stored.filter((id) => !brought.has(id)).length;
    total.doubled += ids.length - brought.size;
  }
  return total;
}
