import { inside, type Runtime, shownAt } from '../runtime/index.ts';
import type { Folders } from './places.ts';
import type { Stack } from './stacks/loader.ts';

/** Where packages stand inside sandboxes: what `node_modules` of a tree is a link to. */
export interface Modules {
  /** Of a stack, shared by all. */
  shared(stack: Pick<Stack, 'dependenciesKey'>): string;
  /** The folder of those of a project's own. */
  own(project: { id: string }, folders: Pick<Folders, 'packages'>): string;
}

export function createModules(runtime: Pick<Runtime, 'paths'>, depsDir: string): Modules {
  const deps = shownAt(runtime, { from: depsDir, to: inside.deps });
  return {
    shared: ({ dependenciesKey }) => `${deps}/${dependenciesKey}/node_modules`,
    own: ({ id }, { packages }) => shownAt(runtime, { from: packages, to: `${inside.packages}/${id}` }),
  };
}
