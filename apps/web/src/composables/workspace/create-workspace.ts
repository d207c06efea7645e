import { createEditor } from './code/create-editor';
import { createPreview } from './preview/create-preview';
import { createPublishing } from './publish/create-publishing';
import { useWorkspaceData } from './useWorkspaceData';
import { createChatPlace } from './versions/create-chat-place';
import { createGoingBack } from './versions/create-going-back';

/** The open project: its data, its running app, its publishing, the file that is open, the ways back and into the chat. */
export function createWorkspace(projectId: string) {
  const data = useWorkspaceData(projectId);
  return {
    ...data,
    preview: createPreview(data),
    publishing: createPublishing(data),
    editor: createEditor(data),
    goingBack: createGoingBack(data),
    chatPlace: createChatPlace(),
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;
