import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { egressRoutes, type Project } from '@talkide/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPublic, type Policy } from '../egress/index.ts';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { eventually, hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
/** Names as the platform resolves them. */
const names = new Map<string, string[]>();
const resolve = async (host: string) => names.get(host) ?? [];
/** The stand-in's port counts as one of the web, and its address as public. */
const ports = new Set([80, 443]);
const policy: Policy = {
  judge: ({ port }) => (ports.has(port) ? null : 'PORT'),
  allows: (address) => address === '127.0.0.2' || isPublic(address),
};
const rig = await hostedRig({ db, dataPlane, outside: { resolve, policy } });

/** It does what it is asked and tells what came: by fetch, by an agent of its own, or by a socket. */
const asks = `import type { FastifyInstance } from 'fastify';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { execFile } from 'node:child_process';
export default async function about(app: FastifyInstance) {
  app.get('/api/fetch', async (request) => {
    const { url } = request.query as { url: string };
    try {
      const answer = await fetch(url, { method: 'POST', body: 'hello' });
      return { status: answer.status, text: (await answer.text()).slice(0, 300) };
    } catch (error) {
      return { failed: String(error) };
    }
  });
  app.get('/api/agent', (request) => new Promise((resolve) => {
    get((request.query as { url: string }).url, { agent: new Agent({ keepAlive: true }) }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode, text }));
    }).on('error', (error) => resolve({ failed: String(error) }));
  }));
  app.get('/api/socket', (request) => new Promise((resolve) => {
    const { host, port } = request.query as { host: string; port: string };
    connect(Number(port), host).on('connect', () => resolve({ connected: true })).on('error', (error) => resolve({ failed: String(error) }));
  }));
  app.get('/api/child', (request) => new Promise((resolve) => {
    const code = 'require("http").get(process.argv[1], (a) => console.log(a.statusCode)).on("error", (e) => console.log(String(e)))';
    execFile(process.execPath, ['-e', code, (request.query as { url: string }).url], (_error, out) => resolve({ text: out.trim() }));
  }));
}
`;

/** A stand-in for a server of the internet: its address is public for the platform, and the port is one of the web. */
const remote = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => response.end(`${request.method} ${request.url} of ${request.headers.host}: ${body}`));
});

let ada: Person;
let project: Project;
beforeAll(async () => {
  ada = await rig.person();
  project = await ada.create('Reaches');
  await ada.edit(project, 'server/routes/about.ts', asks);
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  await new Promise<void>((resolve) => remote.listen(0, '127.0.0.2', resolve));
  ports.add(port());
  names.set('api.example', ['127.0.0.2']);
});
afterAll(() => void remote.close());

const ask = async (way: string, query: Record<string, string>) =>
  JSON.parse((await rig.visit(project.previewUrl, `/api/${way}?${new URLSearchParams(query)}`)).body) as Record<
    string,
    unknown
  >;

const port = () => (remote.address() as AddressInfo).port;

describe('an application', () => {
  test('reaches the public internet by fetch, by an agent of its own, and from its children', async () => {
    const url = `http://api.example:${port()}/v1`;
    const host = `api.example:${port()}`;
    expect(await ask('fetch', { url })).toEqual({ status: 200, text: `POST /v1 of ${host}: hello` });
    expect(await ask('agent', { url })).toEqual({ status: 200, text: `GET /v1 of ${host}: ` });
    expect(await ask('child', { url })).toEqual({ text: '200' });
  });

  test('is told why, where it may not go', async () => {
    names.set('inside.example', ['10.0.0.7']);
    names.set('mixed.example', ['93.184.215.14', '127.0.0.1']);
    const fetched = async (url: string) => String((await ask('fetch', { url })).failed);
    const got = async (url: string) => String((await ask('agent', { url })).text);
    names.set('169.254.169.254', ['169.254.169.254']);
    for (const host of ['inside.example', 'mixed.example', '169.254.169.254']) {
      expect(await fetched(`http://${host}/`)).toContain('may not be reached from here');
      expect(await fetched(`https://${host}/`)).toContain('may not be reached from here');
      expect(await got(`http://${host}/`)).toContain('not on the public internet');
    }
    expect(await fetched('https://nowhere.example/')).toContain('does not answer');
    expect(await got('http://nowhere.example/')).toContain('no such name');
    expect(await got('http://public.example:25/')).toContain('only ports of the web');
    expect((await ask('agent', { url: 'http://inside.example/' })).status).toBe(403);
    expect((await ask('child', { url: 'http://inside.example/' })).text).toContain('403');
  });

  test('has no other way: sockets past the proxy reach nothing', async () => {
    expect(await ask('socket', { host: '93.184.215.14', port: '80' })).toMatchObject({
      failed: expect.stringMatching(/ENETUNREACH/),
    });
    expect(await ask('socket', { host: '127.0.0.1', port: String(port()) })).toMatchObject({
      failed: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  test('what it asked for is counted for its owner alone', async () => {
    const ben = await rig.person();
    const params = { id: project.id };
    const hosts = await eventually(async () => {
      await rig.egress.flush();
      const { body } = await ada.call(egressRoutes.listEgress, { params });
      return body.items.length >= 4 && body;
    });
    expect(hosts.items.find(({ host }) => host === 'inside.example')).toMatchObject({
      kind: 'PREVIEW',
      requests: 0,
      reason: 'NOT_PUBLIC',
    });
    expect(hosts.items.find(({ host }) => host === 'inside.example')?.refused).toBeGreaterThanOrEqual(4);
    expect((await ben.call(egressRoutes.listEgress, { params })).status).toBe(404);
    expect((await ada.call('GET', `/api/projects/${project.id}/network?days=99`)).status).toBe(400);
  });
});
