import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process that belongs to a home: its command line, control group or environment names it, or its parent's does. */
export interface HomeProcess {
  pid: number;
  command: string;
}

interface Seen extends HomeProcess {
  parent: number;
  named: boolean;
}

const idOf = (path: string) => `talkide-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;

/** Every living process of a home (its canonical path), found as an operator would: in /proc. */
export async function processesOf(home: string): Promise<HomeProcess[]> {
  // PostgreSQL may see its folder under a name made of this id, in a mount namespace of its own.
  const names = { command: [home, idOf(join(home, 'postgres'))], group: idOf(home), home: `TALKIDE_HOME=${home}\0` };
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const seen = (await Promise.all(pids.map((pid) => lookAt(pid, names)))).filter((one) => one !== null);
  const found = new Map(seen.filter(({ named }) => named).map((one) => [one.pid, one]));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const one of seen) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()].map(({ pid, command }) => ({ pid, command }));
}

async function lookAt(pid: number, names: { command: string[]; group: string; home: string }): Promise<Seen | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [command = '', cgroup = '', stat = '', environment = ''] = await Promise.all(
    ['cmdline', 'cgroup', 'stat', 'environ'].map(read),
  );
  const [state = 'X', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || /[ZX]/.test(state) || pid === process.pid) return null;
  const named =
    names.command.some((name) => command.includes(name)) ||
    cgroup.includes(names.group) ||
    environment.includes(names.home);
  return { pid, parent: Number(parent), named, command: command.replaceAll('\0', ' ') };
}
