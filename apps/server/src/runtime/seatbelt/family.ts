import { isSameStart, type PsRow } from '../../platform/ps.ts';
import type { Usage } from '../local/process-tree.ts';

/** A process, and what tells it from a later one of the same id. */
export type Member = { pid: number; mark: string };

/**
 * The processes of a sandbox where no namespace holds them together: the first one, what it started, and what is in their
 * groups. One whose parent ended is known when it was seen before.
 */
export class Family {
  private readonly known = new Map<number, PsRow>();
  private groups: Set<number>;
  private endedCpuMs = 0;

  /** `groups` are those that are surely its own, also when no member of them is known. */
  constructor(members: readonly Member[], groups: readonly number[] = []) {
    for (const { pid, mark } of members) this.known.set(pid, { ...unseen, pid, mark });
    this.groups = new Set(groups);
  }

  /** Takes in what `ps` tells; answers whether the members are others now. */
  update(rows: readonly PsRow[]): boolean {
    const alive = new Map(rows.filter(({ isZombie }) => !isZombie).map((row) => [row.pid, row]));
    // A program cannot enter the platform's group, which is of another session; were it seen there, all of that would be ended.
    const platform = alive.get(process.pid)?.group;
    for (const [pid, { group }] of alive) if (group === platform) alive.delete(pid);
    let changed = false;
    for (const [pid, { mark, cpuMs }] of this.known) {
      const row = alive.get(pid);
      if (row && isSameStart(row.mark, mark)) {
        this.admit(row);
        continue;
      }
      this.known.delete(pid);
      this.endedCpuMs += cpuMs;
      changed = true;
    }
    // A group whose leader is a stranger is one that got the id anew.
    for (const group of this.groups) if (alive.has(group) && !this.known.has(group)) this.groups.delete(group);
    for (let grew = true; grew; ) {
      grew = false;
      for (const row of alive.values()) {
        if (this.known.has(row.pid) || !(this.known.has(row.parent) || this.groups.has(row.group))) continue;
        this.admit(row);
        changed = grew = true;
      }
    }
    // The id of a group that has no member is given to others.
    this.groups = new Set([...this.known.values()].map(({ group }) => group));
    return changed;
  }

  private admit(row: PsRow): void {
    this.known.set(row.pid, row);
    this.groups.add(row.group);
  }

  get members(): Member[] {
    return [...this.known.values()].map(({ pid, mark }) => ({ pid, mark }));
  }

  /** Sends a signal to all of it. */
  signal(signal: NodeJS.Signals): void {
    for (const target of [...[...this.groups].map((group) => -group), ...this.known.keys()]) {
      try {
        process.kill(target, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  usage(): Usage {
    const rows = [...this.known.values()];
    const sum = (of: (row: PsRow) => number) => rows.reduce((total, row) => total + of(row), 0);
    return {
      memoryBytes: sum(({ memoryBytes }) => memoryBytes),
      cpuMs: this.endedCpuMs + sum(({ cpuMs }) => cpuMs),
      pids: rows.length,
    };
  }
}

const unseen: PsRow = { pid: 0, parent: 0, group: 0, isZombie: false, memoryBytes: 0, cpuMs: 0, mark: '' };
