import type { Activity, Message, ProjectVersion, Turn } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import WorkspaceScreen from '../screen/WorkspaceScreen.vue';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();
const project = {
  ...{ id: '1', name: 'Guest book', description: '', slug: 'guest-book', status: 'LIVE', url: null, working: false },
  ...{ accent: 'oklch(0.78 0.15 70)', currentVersion: 4, publishedVersion: null, createdAt: at(0), updatedAt: at(0) },
  ...{ previewUrl: 'http://preview.localhost:9090', publicUrl: 'http://guest-book.localhost:9090' },
};
const message = (id: string, minute: number, more: Partial<Message>): Message => ({
  ...{ id, conversationId: '2', turnId: null, role: 'USER', content: `text ${id}`, payload: null },
  createdAt: at(minute),
  ...more,
});
const turn = (id: string, messageId: string, minute: number): Turn => ({
  ...{ id, projectId: '1', conversationId: '2', messageId, kind: 'USER', status: 'SUCCEEDED', errorCode: null },
  ...{ costUsd: '0', inputTokens: 0, outputTokens: 0, createdAt: at(minute), startedAt: at(minute) },
  finishedAt: at(minute + 1),
});
const activity = (id: string, turnId: string, minute: number): Activity => ({
  ...{ id, projectId: '1', conversationId: '2', turnId, agentRole: 'talkide-pm', eventType: 'TOOL_USE' },
  ...{
    parentActivityId: null,
    description: '',
    toolName: 'Read',
    toolCategory: 'READING',
    toolSummary: 'Reads a page',
  },
  createdAt: at(minute),
});
const version = (versionNumber: number, turnId: string | null, conversationId: string | null): ProjectVersion => ({
  ...{
    id: `9${versionNumber}`,
    projectId: '1',
    versionNumber,
    description: 'A step',
    status: 'APPLIED',
    source: 'TURN',
  },
  ...{ commit: 'c0ffee', turnId, conversationId, restoredFrom: null, checkpoint: null, dataStatus: null },
  ...{ settings: null, filesChanged: 1, current: versionNumber === 4, published: false },
  ...{ createdAt: at(versionNumber), appliedAt: at(versionNumber) },
});

beforeEach(() => {
  const target = document.createElement('div');
  target.id = 'topbar-actions';
  document.body.append(target);
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

async function open(shown: number) {
  const page = (items: unknown[], nextCursor: string | null = null) => ({ body: { items, nextCursor } });
  const said = (id: string, turnId: string, conversationId: string) =>
    message(id, 1, { role: 'PM', turnId, conversationId });
  const conversation = { id: '2', projectId: '1', title: 'Now', status: 'ACTIVE', createdAt: at(0), updatedAt: at(0) };
  fakePlatform({
    'GET /api/projects/1': () => ({ body: project }),
    'GET /api/projects/1/conversation': () => ({
      body: {
        ...{ conversation, messagesCursor: 'older', lastEventId: '5' },
        messages: [message('11', 5, {}), message('12', 6, { role: 'PM', turnId: '7' })],
        turns: [turn('7', '11', 5), turn('8', '12', 7)],
        activities: [activity('21', '8', 8)],
      },
    }),
    'GET /api/conversations/2/messages': () => page([said('5', '3', '2')]),
    'GET /api/conversations/1/messages': () => page([said('2', '1', '1'), message('1', 0, { conversationId: '1' })]),
    'GET /api/projects/1/conversations': () => page([]),
    'GET /api/projects/1/versions': () =>
      page([
        version(4, '8', '2'),
        version(3, '7', '2'),
        version(2, '3', '2'),
        version(1, '1', '1'),
        version(0, null, null),
      ]),
    'GET /api/projects/1/builds': () => page([]),
    'GET /api/projects/1/releases': () => page([]),
    'GET /api/projects/1/quote': () => ({ body: { quote: null } }),
    [`GET /api/projects/1/versions/${shown}/diff`]: () => ({ body: { files: [], truncated: false } }),
  });
  const { wrapper } = await mountScreen(WorkspaceScreen, `/projects/1/versions?version=${shown}`, { projectId: '1' });
  await vi.waitFor(() => wrapper.get('textarea'), 15_000);
  await vi.waitFor(
    () => expect(wrapper.findAll('h2').some((one) => one.text().startsWith(`${shown} ·`))).toBe(true),
    15_000,
  );
  await flushPromises();
  const button = () => wrapper.findAll('button').find((one) => one.text() === 'In the chat');
  return { wrapper, button };
}
const focused = () => (document.activeElement as HTMLElement).dataset.turn;

it.each([
  ['that begins with what was asked', 3, '7'],
  ['that begins with what was done, as a repair does', 4, '8'],
  ['that was so long ago that it is fetched first', 2, '3'],
])('a version leads to its turn in the chat: one %s', async (_what, shown, turnId) => {
  const { button } = await open(shown);
  await button()?.trigger('click');
  await vi.waitFor(() => expect(focused()).toBe(turnId));
});

it('a version of a conversation that is over leads there', async () => {
  const { button } = await open(1);
  await button()?.trigger('click');
  await vi.waitFor(() => expect(focused()).toBe('1'));
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('Earlier conversations');
});

it('a version that no turn made leads nowhere', async () => {
  const { button } = await open(0);
  expect(button()).toBeUndefined();
});
