import { spawn } from 'node:child_process';
import {
  type Options,
  query,
  type SDKMessage,
  type SDKResultMessage,
  type SDKUserMessage,
  type SpawnedProcess,
} from '@anthropic-ai/claude-agent-sdk';

/** One agent process with one conversation. It stays open between turns, so that the next one starts at once. */
export type AgentSession = {
  sessionId: string;
  /** Process id of the agent, null before it runs. */
  pid(): number | null;
  /** Says something and hands over every message until the turn's result. Throws when the process fails. */
  say(prompt: string, onMessage: (message: SDKMessage) => void): Promise<SDKResultMessage>;
  interrupt(): Promise<void>;
  /** Ends the process and everything in its group. */
  close(): void;
  alive(): boolean;
};

type Turn = {
  onMessage(message: SDKMessage): void;
  resolve(result: SDKResultMessage): void;
  reject(error: unknown): void;
};

/** The last of what the process complained about, kept for the operator. */
const STDERR_TAIL = 2_000;

function inputQueue() {
  const waiting: SDKUserMessage[] = [];
  let wake: (() => void) | null = null;
  let ended = false;
  return {
    push(content: string) {
      waiting.push({ type: 'user', message: { role: 'user', content }, parent_tool_use_id: null });
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<SDKUserMessage> {
      while (!ended) {
        const next = waiting.shift();
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

/** Starts an agent process. `sessionId` is the conversation's session in its options. */
export function openSession(options: Options, sessionId: string): AgentSession {
  const input = inputQueue();
  let turn: Turn | null = null;
  let alive = true;
  let pid: number | null = null;
  let complaints = '';

  const running = query({
    prompt: input,
    options: {
      ...options,
      spawnClaudeCodeProcess({ command, args, cwd, env }): SpawnedProcess {
        // A process group of its own: it can be ended with everything it started.
        const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
        pid = child.pid ?? null;
        child.stderr.on('data', (chunk: Buffer) => {
          complaints = (complaints + chunk.toString('utf8')).slice(-STDERR_TAIL);
        });
        return child;
      },
    },
  });

  function fail(error: unknown): void {
    alive = false;
    turn?.reject(error);
    turn = null;
  }
  async function listen(): Promise<void> {
    for await (const message of running) {
      if (message.type !== 'result') {
        turn?.onMessage(message);
        continue;
      }
      turn?.resolve(message);
      turn = null;
    }
    fail(new Error(`The agent process ended. ${complaints}`));
  }
  listen().catch((error: unknown) => fail(new Error(`${String(error)} ${complaints}`)));

  return {
    sessionId,
    pid: () => pid,
    alive: () => alive,
    say(prompt, onMessage) {
      if (!alive) return Promise.reject(new Error('The agent process has ended.'));
      return new Promise((resolve, reject) => {
        turn = { onMessage, resolve, reject };
        input.push(prompt);
      });
    },
    async interrupt() {
      await running.interrupt();
    },
    close() {
      alive = false;
      input.end();
      running.close();
      if (pid === null) return;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // The group is gone already.
      }
    },
  };
}
