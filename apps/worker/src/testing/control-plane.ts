import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import {
  type Look,
  LookRequest,
  type LookStep,
  type PackagesAnswer,
  PackagesRequest,
  type TurnAssignment,
  TurnResult,
  type WorkerEvent,
  WorkerEvents,
} from '@talkide/contracts';
import type { z } from 'zod';

type PackagesChange = Omit<z.infer<typeof PackagesRequest>, 'leaseToken'>;
type LiveText = z.infer<typeof WorkerEvents>['live'][number];
export type TurnRecord = {
  assignment: TurnAssignment;
  events: WorkerEvent[];
  live: LiveText[];
  result: TurnResult | null;
  stop: boolean;
  /** A later worker said that the one before it died in it. */
  lost: boolean;
  /** Calls of it that were refused, since its lease is somebody else's. */
  refused: string[];
  /** The role that each model call said it was of; Mara's say none. */
  roles: (string | undefined)[];
  /** The looks of its team, and which were called off. */
  looks: { steps: LookStep[]; calledOff: boolean }[];
  /** What its team wanted changed of the packages. */
  packages: PackagesChange[];
  /** When the turn's first model call came, in performance.now() time. */
  firstCallAt: number | null;
};

/** A control plane of one environment, as small as the worker's tests allow. */
export type FakeControl = {
  turns: Map<string, TurnRecord>;
  give(turn: Partial<TurnAssignment> & Pick<TurnAssignment, 'prompt'>): TurnRecord;
  stop(turnId: string): void;
  /** Makes the lease of a turn somebody else's. */
  takeLease(turnId: string): void;
  /** What a look shows from now on; null lets it wait. */
  show(application: (steps: LookStep[]) => Look | null): void;
  /** What comes of a change of packages from now on. */
  install(packages: (change: PackagesChange) => PackagesAnswer): void;
  /** How many workers wait for a turn. */
  waiting(): number;
  /** Sends idle workers home. */
  idleExit(): void;
  /** Waits until the condition holds, looking again after each thing that happens. */
  until(condition: () => boolean): Promise<void>;
  /** The socket stops answering; `up` opens it again. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

/** An application that answers every page with its title and all else with an empty list. */
const application = (steps: LookStep[]): Look => ({
  outcome: 'answered',
  answers: steps.map(({ path }) => {
    const page = !path.startsWith('/api/');
    return {
      status: 200,
      contentType: page ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
      location: null,
      text: page ? '<!doctype html><title>Test app</title><div id="app"></div>' : '[]',
      cut: false,
    };
  }),
  log: '',
});

const readAll = async (incoming: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
};

/** Starts a fake control plane on a Unix socket; model calls go on to `modelUrl`. */
export async function startFakeControl(options: {
  socketPath: string;
  modelUrl: string;
  workerToken: string;
}): Promise<FakeControl> {
  const { socketPath, modelUrl, workerToken } = options;
  const turns = new Map<string, TurnRecord>();
  const queue: TurnAssignment[] = [];
  const taken = new Set<string>();
  const changed = new EventEmitter().setMaxListeners(0);
  let sendHome = false;
  let count = 0;
  let waiting = 0;
  let packages: (change: PackagesChange) => PackagesAnswer = () => ({ outcome: 'unavailable', reason: 'Not here.' });
  let shown: (steps: LookStep[]) => Look | null = application;

  const answer = (response: ServerResponse, status: number, body?: unknown, headers = {}): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(body === undefined ? undefined : JSON.stringify(body));

  /** Waits for a change, the client's leaving, or as long as a long poll of a test may last. */
  const orChange = (response: ServerResponse) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        changed.off('change', done);
        response.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, 1_000);
      changed.once('change', done);
      response.once('close', done);
    });

  async function claim(response: ServerResponse): Promise<void> {
    waiting += 1;
    changed.emit('change');
    while (queue.length === 0 && !sendHome && !response.destroyed) await orChange(response);
    waiting -= 1;
    changed.emit('change');
    if (response.destroyed) return;
    const next = queue.shift();
    if (next) answer(response, 200, next);
    else answer(response, 204, undefined, { 'x-talkide-idle': 'exit' });
  }

  function record(body: z.infer<typeof WorkerEvents>, turn: TurnRecord): number {
    for (const event of body.events) if (event.seq === turn.events.length + 1) turn.events.push(event);
    turn.live.push(...body.live);
    return turn.events.length;
  }

  function look(steps: LookStep[], turn: TurnRecord, response: ServerResponse): void {
    const seen = shown(steps);
    const entry = { steps, calledOff: false };
    turn.looks.push(entry);
    if (seen) answer(response, 200, seen);
    if (seen) return;
    response.once('close', () => {
      entry.calledOff = true;
      changed.emit('change');
    });
  }

  async function worker(path: string, body: string, response: ServerResponse): Promise<void> {
    if (path === '/worker/claim') return claim(response);
    const match = /^\/worker\/turns\/(\d+)\/(events|heartbeat|look|lost|packages|result)$/.exec(path);
    const turn = turns.get(match?.[1] ?? '');
    if (!turn) return void answer(response, 404, {});
    const given = JSON.parse(body) as { leaseToken: string };
    if (given.leaseToken !== turn.assignment.leaseToken || taken.has(turn.assignment.turnId)) {
      turn.refused.push(match?.[2] ?? '');
      return void answer(response, 409, { code: 'lease_lost' });
    }
    if (match?.[2] === 'events') {
      const ackedSeq = record(WorkerEvents.parse(given), turn);
      answer(response, 200, { ackedSeq, stop: turn.stop });
    } else if (match?.[2] === 'look') {
      look(LookRequest.parse(given).steps, turn, response);
    } else if (match?.[2] === 'packages') {
      const { leaseToken: _, ...change } = PackagesRequest.parse(given);
      turn.packages.push(change);
      answer(response, 200, packages(change));
    } else if (match?.[2] === 'lost') {
      turn.lost = true;
      answer(response, 204);
    } else if (match?.[2] === 'heartbeat') {
      if (!turn.stop) await orChange(response);
      answer(response, 200, { stop: turn.stop });
    } else {
      turn.result = TurnResult.parse(given);
      answer(response, 204);
    }
    changed.emit('change');
  }

  function gateway(incoming: IncomingMessage, response: ServerResponse): void {
    const token = (incoming.headers.authorization ?? '').replace('Bearer ', '');
    const turn = [...turns.values()].find((each) => each.assignment.gatewayToken === token);
    if (!turn || turn.result) {
      answer(response, 401, { type: 'error', error: { type: 'authentication_error', message: 'Unknown token.' } });
      return;
    }
    turn.firstCallAt ??= performance.now();
    turn.roles.push(incoming.headers['x-talkide-agent-role']?.toString());
    changed.emit('change');
    const path = (incoming.url ?? '').slice('/gateway'.length);
    const upstream = request(modelUrl + path, { method: incoming.method, headers: incoming.headers }, (got) => {
      response.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(response);
      got.on('error', () => response.destroy());
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }

  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    if (path.startsWith('/gateway/')) return gateway(incoming, response);
    if (incoming.headers.authorization !== `Bearer ${workerToken}`) return void answer(response, 401, {});
    readAll(incoming)
      .then((body) => worker(path, body, response))
      .catch(() => response.destroy());
  });
  const up = () => new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await up();

  return {
    turns,
    give(turn) {
      count += 1;
      const assignment: TurnAssignment = {
        turnId: String(count),
        leaseToken: randomUUID(),
        attempt: 1,
        projectId: '7',
        projectName: 'Test app',
        conversationId: '3',
        sessionId: null,
        newSessionId: randomUUID(),
        tree: '7',
        kind: 'USER',
        locale: 'en',
        stack: {
          id: 'test',
          name: 'TypeScript',
          notesFile: 'AGENTS.md',
          commands: { build: ['node', 'build.mjs'], test: ['node', 'test.mjs'] },
        },
        variables: [],
        model: 'talkide-demo',
        gatewayToken: `turn-${randomUUID()}`,
        nextSeq: 1,
        ...turn,
      };
      const entry = {
        assignment,
        events: [],
        live: [],
        roles: [],
        looks: [],
        packages: [],
        result: null,
        stop: false,
        lost: false,
        refused: [],
        firstCallAt: null,
      };
      turns.set(assignment.turnId, entry);
      queue.push(assignment);
      changed.emit('change');
      return entry;
    },
    stop(turnId) {
      const turn = turns.get(turnId);
      if (turn) turn.stop = true;
      changed.emit('change');
    },
    takeLease(turnId) {
      taken.add(turnId);
      changed.emit('change');
    },
    install(answer) {
      packages = answer;
    },
    show(application) {
      shown = application;
    },
    waiting: () => waiting,
    idleExit() {
      sendHome = true;
      changed.emit('change');
    },
    async until(condition) {
      while (!condition()) await once(changed, 'change');
    },
    up,
    down,
    close: down,
  };
}
