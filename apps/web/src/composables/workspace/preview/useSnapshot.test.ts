import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, ref } from 'vue';
import { useSnapshot } from './useSnapshot';

const origin = 'http://preview.localhost:9090';
vi.mock('../workspace', () => ({
  useWorkspace: () => ({ projectId: '1', project: ref({ previewUrl: `${origin}/` }) }),
}));
const put = vi.hoisted(() => vi.fn(async () => ({ response: new Response(null, { status: 204 }) })));
vi.mock('@/api/client', () => ({ api: { PUT: put }, unwrap: (call: Promise<unknown>) => call }));

const picture = { source: 'talkide-app', type: 'snapshot', image: new Uint8Array([1, 2]).buffer };
let snapshot: ReturnType<typeof useSnapshot>;
let frame: HTMLIFrameElement;
let app: { postMessage: ReturnType<typeof vi.fn> };
let screen: ReturnType<typeof mount>;

beforeEach(() => {
  vi.useFakeTimers();
  app = { postMessage: vi.fn() };
  frame = document.createElement('iframe');
  // Frames of this test's browser refuse to load anything.
  const shown = { contentWindow: { get: () => app }, clientWidth: { value: 800 }, isConnected: { value: true } };
  Object.defineProperties(frame, shown);
  screen = mount(
    defineComponent({
      setup() {
        snapshot = useSnapshot();
        return () => null;
      },
    }),
  );
});
afterEach(() => {
  screen.unmount();
  put.mockClear();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function show(version: number): void {
  snapshot.loaded(frame, version);
  vi.advanceTimersByTime(1500);
}
function answer(data: unknown, from: { origin?: string; source?: unknown } = {}): void {
  const event = new MessageEvent('message', { data, origin: from.origin ?? origin });
  Object.defineProperty(event, 'source', { value: from.source ?? app });
  window.dispatchEvent(event);
}

describe('useSnapshot', () => {
  it('asks the app once it has settled, and keeps its picture once a version', () => {
    snapshot.loaded(frame, 1);
    vi.advanceTimersByTime(1000);
    expect(app.postMessage).not.toHaveBeenCalled();
    vi.advanceTimersByTime(500);
    expect(app.postMessage.mock.calls).toEqual([[{ source: 'talkide', type: 'snapshot' }, origin]]);
    answer(picture);
    answer(picture);
    show(1);
    expect(app.postMessage).toHaveBeenCalledTimes(1);
    expect(put).toHaveBeenCalledTimes(1);
    expect(put.mock.calls).toMatchObject([
      ['/api/projects/{id}/screenshot', { params: { path: { id: '1' } }, headers: { 'content-type': 'image/webp' } }],
    ]);
    show(2);
    answer(picture);
    expect(put).toHaveBeenCalledTimes(2);
  });

  it('takes no picture from anybody else, nor one it did not ask for', () => {
    answer(picture);
    show(1);
    answer(picture, { origin: 'http://other.localhost:9090' });
    answer(picture, { source: window });
    answer({ ...picture, source: 'x' });
    expect(put).not.toHaveBeenCalled();
    answer(picture);
    expect(put).toHaveBeenCalledTimes(1);
  });

  it('does not ask where nobody looks, but does the next time', () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    show(1);
    expect(app.postMessage).not.toHaveBeenCalled();
    hidden.mockReturnValue(false);
    show(1);
    expect(app.postMessage).toHaveBeenCalledTimes(1);
  });
});
