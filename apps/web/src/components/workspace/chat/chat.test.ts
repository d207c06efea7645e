import type { Message, Turn } from '@talkide/contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import WorkspaceScreen from '../screen/WorkspaceScreen.vue';

const time = '2026-11-22T10:00:00.000Z';
const project = {
  id: '1',
  name: 'Guest book',
  description: '',
  slug: 'guest-book',
  status: 'DRAFT',
  accent: 'oklch(0.78 0.15 70)',
  previewUrl: 'http://preview.localhost:9090',
  url: null,
  publicUrl: 'http://guest-book.localhost:9090',
  currentVersion: 1,
  publishedVersion: null,
  working: false,
  createdAt: time,
  updatedAt: time,
};
const message = (id: string, content: string, more: Partial<Message> = {}): Message => ({
  id,
  conversationId: '2',
  turnId: null,
  role: 'USER',
  content,
  payload: null,
  createdAt: time,
  ...more,
});
const turn = (id: string, messageId: string, status: Turn['status']): Turn => ({
  id,
  projectId: '1',
  conversationId: '2',
  messageId,
  kind: 'USER',
  status,
  errorCode: null,
  costUsd: '0',
  inputTokens: 0,
  outputTokens: 0,
  createdAt: time,
  startedAt: status === 'QUEUED' ? null : time,
  finishedAt: null,
});
const question = message('11', 'One thing first:', {
  role: 'PM',
  payload: {
    type: 'question',
    question: 'At once?',
    options: [{ label: 'Yes' }, { label: 'No', description: 'Later' }],
  },
});

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  document.body.innerHTML = '';
});

async function open({
  messages = [] as Message[],
  turns = [] as Turn[],
  refuses = false,
  quote = null as unknown,
} = {}) {
  const sent: unknown[] = [];
  const nothing = () => ({ body: { items: [], nextCursor: null } });
  const platform = fakePlatform({
    'GET /api/projects/1': () => ({ body: project }),
    'GET /api/projects/1/conversation': () => ({
      body: { conversation: { id: '2' }, messages, turns, activities: [], messagesCursor: null, lastEventId: '5' },
    }),
    'GET /api/projects/1/versions': nothing,
    'GET /api/projects/1/builds': nothing,
    'GET /api/projects/1/releases': nothing,
    'GET /api/projects/1/quote': () => ({ body: { quote } }),
    'POST /api/conversations/2/messages': (body) => {
      if (refuses) return { status: 429, body: { code: 'queue_full', detail: 'Twenty messages are waiting already.' } };
      sent.push(body);
      const { content } = body as { content: string };
      return { status: 201, body: { message: message('20', content), turn: turn('30', '20', 'QUEUED') } };
    },
    'POST /api/turns/7/stop': () => ({ status: 202, body: turn('7', '10', 'CANCELLED') }),
  });
  const target = document.createElement('div');
  target.id = 'topbar-actions';
  document.body.append(target);
  const screen = await mountScreen(WorkspaceScreen, '/projects/1', { projectId: '1' });
  await flushPromises();
  await vi.waitFor(() => screen.wrapper.get('textarea'), 15_000);
  await flushPromises();
  const field = screen.wrapper.get('textarea');
  const button = (name: string) => screen.wrapper.findAll('button').find((one) => one.text() === name);
  return { ...screen, ...platform, sent, field, button };
}

describe('the composer', () => {
  it('sends by Enter, shows the message at once and empties itself', async () => {
    const { field, sent, wrapper } = await open();
    await field.setValue('  A guest book ');
    await field.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(sent).toEqual([{ content: 'A guest book' }]);
    expect(field.element.value).toBe('');
    expect(wrapper.get('[role=log]').text()).toContain('A guest book');
    expect(wrapper.get('[role=log]').text()).toContain('Mara begins in a moment');
  });

  it('leaves Shift+Enter, Enter in a composition, and Enter without words alone', async () => {
    const { field, sent } = await open();
    await field.trigger('keydown', { key: 'Enter' });
    await field.setValue('One');
    await field.trigger('keydown', { key: 'Enter', shiftKey: true });
    await field.trigger('keydown', { key: 'Enter', isComposing: true });
    await flushPromises();
    expect(sent).toEqual([]);
  });

  it('keeps the text and says why when the platform refuses it', async () => {
    const { field, wrapper } = await open({ refuses: true });
    await field.setValue('One more');
    await field.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(field.element.value).toBe('One more');
    expect(wrapper.get('[role=alert]').text()).toContain('Twenty messages are waiting already.');
  });

  it('keeps the draft of a project', async () => {
    const first = await open();
    await first.field.setValue('Half a thought');
    first.wrapper.unmount();
    const second = await open();
    expect(second.field.element.value).toBe('Half a thought');
  });

  it('offers Stop while Mara works, and puts what is sent in line', async () => {
    const { field, button, asked, wrapper } = await open({
      messages: [message('10', 'Build it')],
      turns: [turn('7', '10', 'RUNNING')],
    });
    expect(button('Send')).toBeUndefined();
    await field.setValue('And green');
    expect(button('Queue')).toBeDefined();
    await field.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(wrapper.text()).toContain('Waits until Mara is done');
    await button('Stop')?.trigger('click');
    await flushPromises();
    expect(asked).toContain('POST /api/turns/7/stop');
  });
});

describe('a question', () => {
  it('is answered by one of its options', async () => {
    const { button, sent, wrapper } = await open({ messages: [message('10', 'Build it'), question] });
    await button('Yes')?.trigger('click');
    await flushPromises();
    expect(sent).toEqual([{ content: 'Yes' }]);
    const options = wrapper.findAll('fieldset li button');
    expect(options.map((one) => one.attributes('aria-pressed'))).toEqual(['true', 'false']);
    expect(options.every((one) => one.attributes('disabled') !== undefined)).toBe(true);
  });

  it('is answered by words of one’s own too', async () => {
    const { wrapper } = await open({
      messages: [message('10', 'Build it'), question, message('12', 'Only on Sundays')],
    });
    const options = wrapper.findAll('fieldset li button');
    expect(options.map((one) => one.attributes('aria-pressed'))).toEqual(['false', 'false']);
    expect(options.every((one) => one.attributes('disabled') !== undefined)).toBe(true);
  });
});

describe('what it costs', () => {
  it('is said before, for turns like the next one', async () => {
    const quote = { lowUsd: '0.0123', highUsd: '0.04', turns: 5, basis: 'project' };
    const { wrapper } = await open({ quote });
    const said = wrapper.get('form > p');
    expect(said.text().replace(/\s/g, ' ')).toBe('Turns like this cost $0.01 – $0.04');
    expect(said.attributes('title')).toBe('From the last 5 turns of this project');
  });

  it('is said while the turn runs', async () => {
    const running = { ...turn('7', '10', 'RUNNING'), costUsd: '0.00312' };
    const { wrapper } = await open({ messages: [message('10', 'Build it')], turns: [running] });
    expect(wrapper.get('[role=log]').text()).toContain('$0.00312');
  });

  it.each([
    ['TOP_UP', 'no_credit', 'Top up', '/billing/credit'],
    ['LIMITS', 'monthly_limit', 'Change the limit', '/billing/limits'],
    ['LIMITS', 'project_cap', 'Change the limit', '/projects/1/settings'],
  ] as const)('that is refused with %s leads to where that changes', async (action, code, words, address) => {
    const payload = { type: 'notice', code, action, turnId: '7' } as const;
    const { wrapper } = await open({ messages: [message('10', 'Stopped.', { role: 'SYSTEM', payload })] });
    const link = wrapper.findAll('[role=log] a').find((one) => one.text() === words);
    expect(link?.attributes('href')).toBe(address);
  });

  it('leads nowhere any more once it goes on', async () => {
    const payload = { type: 'notice', code: 'no_credit', action: 'TOP_UP', turnId: '7' } as const;
    const notice = message('10', 'Stopped.', { role: 'SYSTEM', payload });
    const { wrapper } = await open({ messages: [notice], turns: [turn('8', '11', 'RUNNING')] });
    expect(wrapper.get('[role=log]').text()).toContain('Stopped.');
    expect(wrapper.findAll('[role=log] a')).toEqual([]);
  });
});
