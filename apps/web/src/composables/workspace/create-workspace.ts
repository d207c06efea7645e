import { createEditor } from './code/create-editor';
import { createPreview } from './preview/create-preview';
import { createPublishing } from './publish/create-publishing';
import { useWorkspaceData } from './useWorkspaceData';
import { createGoingBack } from './versions/create-going-back';

/** The open project: its data, its running app, its publishing, the file that is open, and the ways back. */
export function createWorkspace(projectId: string) {
  const data = useWorkspaceData(projectId);
  return {
    ...data,
    preview: createPreview(data),
    publishing: createPublishing(data),
    editor: createEditor(data),
    goingBack: createGoingBack(data),
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;
