import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bounded } from '../../platform/bounded.ts';
import type { Git } from './git.ts';
import { advertiseScript, uploadPackScript } from './scripts.ts';

/** Git's smart HTTP protocol, the reading half: what a clone or fetch asks, answered by git in a sandbox. */

export const SERVICE = 'git-upload-pack';
export const ADVERTISEMENT_TYPE = `application/x-${SERVICE}-advertisement`;
export const REQUEST_TYPE = `application/x-${SERVICE}-request`;
export const RESULT_TYPE = `application/x-${SERVICE}-result`;

/** What a client says it has and wants: tens of kilobytes; a hundred thousand commits would be 5 MB. */
const REQUEST_BYTES = 16 * 1024 * 1024;
const SECONDS = 300;

/** Length-prefixed line of the protocol. */
const packetLine = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;

/** The protocol version a client asks for, as git takes it; anything else is ignored. */
export function protocolOf(header: string | string[] | undefined): Record<string, string> {
  return typeof header === 'string' && /^version=[012]$/.test(header) ? { GIT_PROTOCOL: header } : {};
}

/** The refs of a repository whose branch is at `commit`. */
export async function advertise(
  git: Git,
  repository: string,
  commit: string,
  protocol: Record<string, string>,
): Promise<Buffer> {
  const { stdout } = await git.run({
    script: advertiseScript,
    args: [commit],
    repository: { dir: repository, mode: 'rw' },
    env: protocol,
  });
  const preamble = protocol.GIT_PROTOCOL === 'version=2' ? '' : `${packetLine(`# service=${SERVICE}\n`)}0000`;
  return Buffer.concat([Buffer.from(preamble), stdout]);
}

/** Answers one request for objects; the answer breaks off when git fails or the client leaves. */
export function uploadPack(
  git: Git,
  repository: string,
  request: { body: Readable; gzip: boolean; protocol: Record<string, string> },
): Readable {
  const answer = new PassThrough();
  const gone = new AbortController();
  answer.once('close', () => gone.abort());
  const wanted = request.gzip ? unzipped(request.body) : request.body;
  const body = bounded(wanted, REQUEST_BYTES, () => new Error('the request is too large'));
  git
    .stream(
      {
        script: uploadPackScript,
        args: [],
        repository: { dir: repository, mode: 'ro' },
        env: request.protocol,
        stdin: body,
        seconds: SECONDS,
        abort: gone.signal,
      },
      answer,
    )
    .catch((error: Error) => {
      body.destroy();
      answer.destroy(error);
    });
  return answer;
}

function unzipped(source: Readable): Readable {
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}
