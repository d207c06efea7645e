/** How a call ended. `cut`: in the middle of an accepted answer. `read-on-limit`: nobody waited for it any more. */
export type CallEnding = 'ended' | 'cut' | 'refused' | 'read-on-limit';

/** Watches what passes, to know what it costs. What it does on `end` happens before the worker has the last byte. */
export interface Observer {
  /** The upstream has accepted the call. */
  accepted(upstreamId: string | null): void;
  /** Bytes of a streamed answer, before they are passed on; their memory is used again afterwards. */
  streamed(bytes: Buffer): void;
  /** The whole of an answer in one piece, before it is passed on. */
  whole(body: Buffer): void;
  /** Nothing more comes. */
  over(ending: CallEnding): void;
}

export const nobody: Observer = { accepted: () => {}, streamed: () => {}, whole: () => {}, over: () => {} };
