import { type InjectionKey, inject, provide } from 'vue';
import type { Workspace } from './create-workspace';

const key: InjectionKey<Workspace> = Symbol('workspace');

/** Makes the open project available to everything below. */
export const provideWorkspace = (workspace: Workspace): void => provide(key, workspace);

/** The open project with all the feed has told about it. */
export function useWorkspace(): Workspace {
  const workspace = inject(key);
  if (!workspace) throw new Error('Workspace components live below WorkspaceScreen');
  return workspace;
}
