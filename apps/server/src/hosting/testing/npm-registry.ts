import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);

export interface OfferedPackage {
  name: string;
  version: string;
  main: string;
  dependencies?: Record<string, string>;
  scripts?: Record<string, string>;
  /** Where it says that its content is; by default here. */
  tarball?: string;
}

/** A registry of npm packages on loopback, for as long as the test file runs; `asked` notes the paths. */
export async function npmRegistry(offered: readonly OfferedPackage[]): Promise<{ url: URL; asked: string[] }> {
  const tarballs = new Map<string, Buffer>();
  for (const one of offered) tarballs.set(`/${one.name}/-/${one.name}-${one.version}.tgz`, await pack(one));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname);
    asked.push(path);
    const tarball = tarballs.get(path);
    if (tarball) return void response.end(tarball);
    const found = offered.filter((one) => path === `/${one.name}`);
    if (found.length === 0) return void response.writeHead(404).end('{"error":"Not found"}');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(packument(found, url, tarballs)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, asked };
}

const manifestOf = ({ main: _main, tarball: _tarball, ...manifest }: OfferedPackage) => ({
  ...manifest,
  main: 'index.js',
  type: 'module',
});

function packument(found: readonly OfferedPackage[], url: URL, tarballs: ReadonlyMap<string, Buffer>) {
  const versions = found.map((one) => {
    const path = `/${one.name}/-/${one.name}-${one.version}.tgz`;
    const integrity = `sha512-${createHash('sha512')
      .update(tarballs.get(path) ?? '')
      .digest('base64')}`;
    return [one.version, { ...manifestOf(one), dist: { tarball: one.tarball ?? new URL(path, url).href, integrity } }];
  });
  const newest = found.at(-1);
  return { name: newest?.name, 'dist-tags': { latest: newest?.version }, versions: Object.fromEntries(versions) };
}

async function pack(one: OfferedPackage): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'tk-package-'));
  try {
    await mkdir(join(folder, 'package'));
    await writeFile(join(folder, 'package', 'package.json'), JSON.stringify(manifestOf(one)));
    await writeFile(join(folder, 'package', 'index.js'), one.main);
    const { stdout } = await run('tar', ['-czf', '-', 'package'], { cwd: folder, encoding: 'buffer' });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
