import { request as httpRequest } from 'node:http';
import type { ConversationView, FeedEvent, Message, Project, SessionGrant, Turn } from '@talkide/contracts';

/** The public API as a script uses it: one signed-in person. */
export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** Follows a feed until the signal; calls back for every event. */
  follow(path: string, onEvent: (event: FeedEvent) => void, signal: AbortSignal): Promise<void>;
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

export function createApi(url: string, accessToken?: string): Api {
  const headers = {
    'content-type': 'application/json',
    ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
  };
  const send = async <T>(method: string, path: string, body: unknown): Promise<T> =>
    answer(await fetch(url + path, { method, headers, body: JSON.stringify(body) }));
  return {
    get: async (path) => answer(await fetch(url + path, { headers })),
    post: (path, body = {}) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    follow: async (path, onEvent, signal) => {
      const response = await fetch(url + path, { headers, signal });
      if (!response.ok || !response.body) throw new Error(`${response.status} ${path}`);
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (data) onEvent(JSON.parse(data) as FeedEvent);
        }
      }
    },
  };
}

export async function signUp(
  url: string,
  person: { email: string; name: string; password: string },
): Promise<{ api: Api; grant: SessionGrant }> {
  const grant = await createApi(url).post<SessionGrant>('/api/auth/sign-up', person);
  return { api: createApi(url, grant.accessToken), grant };
}

/** A project with its feed, gathered as events arrive, and ways to wait for what they tell. */
export interface WatchedProject {
  project: Project;
  events: FeedEvent[];
  say(content: string): Promise<{ message: Message; turn: Turn }>;
  /** The first event, past or coming, at or after `from`, that the test accepts. */
  wait<T extends FeedEvent>(
    accept: (event: FeedEvent) => event is T,
    what: string,
    from?: number,
    ms?: number,
  ): Promise<T>;
  close(): void;
}

export async function watchProject(api: Api, project: Project): Promise<WatchedProject> {
  const view = await api.get<ConversationView>(`/api/projects/${project.id}/conversation`);
  const events: FeedEvent[] = [];
  const listeners = new Set<() => void>();
  const ended = new AbortController();
  let failure: unknown;
  api
    .follow(
      `/api/projects/${project.id}/feed?lastEventId=${view.lastEventId}`,
      (event) => {
        events.push(event);
        for (const listener of listeners) listener();
      },
      ended.signal,
    )
    .catch((error: unknown) => {
      failure = error;
      for (const listener of listeners) listener();
    });
  return {
    project,
    events,
    say: (content) => api.post(`/api/conversations/${view.conversation.id}/messages`, { content }),
    wait: (accept, what, from = 0, ms = 120_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.slice(from).find(accept);
          if (!found && (!failure || ended.signal.aborted)) return;
          clearTimeout(timer);
          listeners.delete(look);
          if (found) resolve(found);
          else reject(failure);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          const last = events.slice(-12).map((event) => JSON.stringify(event).slice(0, 400));
          reject(new Error(`${what} did not come in ${ms} ms; the last events:\n${last.join('\n')}`));
        }, ms);
        listeners.add(look);
        look();
      }),
    close: () => ended.abort(),
  };
}

export interface AppAnswer {
  status: number;
  body: string;
}

/** Asks an application by its address; names below localhost do not resolve everywhere, so the Host header tells. */
export function visit(address: string, path = '/', agent?: import('node:http').Agent): Promise<AppAnswer> {
  const { host, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, headers: { host }, ...(agent ? { agent } : {}) },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end();
  });
}
