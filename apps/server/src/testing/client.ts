import type { RouteContract } from '@talkide/contracts';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { z } from 'zod';

type Input<S> = S extends z.ZodType ? z.input<S> : undefined;
type Success<R extends RouteContract> = Extract<R['responses'][keyof R['responses']], z.ZodType>;
type Part<R extends RouteContract, K extends 'params' | 'query' | 'body'> = R[K] extends z.ZodType
  ? undefined extends Input<R[K]>
    ? { [key in K]?: Input<R[K]> }
    : object extends Input<R[K]>
      ? { [key in K]?: Input<R[K]> }
      : { [key in K]: Input<R[K]> }
  : unknown;

/** What a call of a route is made of. */
export type CallOf<R extends RouteContract> = Part<R, 'params'> & Part<R, 'query'> & Part<R, 'body'> & Headers;
interface Headers {
  headers?: Record<string, string>;
}
type Needed<T> = object extends T ? [call?: T] : [call: T];

export interface Answer<B> {
  status: number;
  headers: LightMyRequestResponse['headers'];
  body: B;
}

// biome-ignore lint/suspicious/noExplicitAny: where a test gives an address and no contract, nobody knows the body's shape
type AnyBody = any;

/** Calls the API as one person. */
export interface TestClient {
  call: {
    /** By contract: the body has the type of its success; that of a refusal is looked at with `toMatchObject`. */
    <const R extends RouteContract>(contract: R, ...call: Needed<CallOf<R>>): Promise<Answer<z.output<Success<R>>>>;
    /** By address: also what no contract allows. */
    (
      method: RouteContract['method'],
      url: string,
      call?: { body?: unknown; headers?: Record<string, string> },
    ): Promise<Answer<AnyBody>>;
  };
}

export interface TestClientOptions {
  /** Sent with every call. */
  headers(): Record<string, string>;
  remoteAddress?: string;
  /** Told of every answer before the caller. */
  onAnswer?(response: LightMyRequestResponse): void;
}

/** A client of a server that need not listen. */
export function testClient(app: FastifyInstance, { headers, remoteAddress, onAnswer }: TestClientOptions): TestClient {
  type Call = { params?: object; query?: object; body?: unknown } & Headers;
  const call = async (to: RouteContract | RouteContract['method'], ...rest: [string | Call | undefined, Call?]) => {
    const [given, second] = rest;
    const one = (typeof given === 'string' ? second : given) ?? {};
    const response = await app.inject({
      method: typeof to === 'string' ? to : to.method,
      url: typeof to === 'string' ? String(given) : addressOf(to, one),
      headers: { ...headers(), ...one.headers },
      ...(remoteAddress ? { remoteAddress } : {}),
      ...(one.body === undefined ? {} : { payload: one.body as object }),
    });
    onAnswer?.(response);
    return { status: response.statusCode, headers: response.headers, body: bodyOf(response) };
  };
  return { call: call as TestClient['call'] };
}

/** The client of someone whom the server knows by a bearer token. */
export const bearerClient = (app: FastifyInstance, token: string): TestClient =>
  testClient(app, { headers: () => ({ authorization: `Bearer ${token}` }) });

function addressOf({ url }: RouteContract, { params = {}, query = {} }: { params?: object; query?: object }): string {
  const path = Object.entries(params).reduce(
    (left, [name, value]) => left.replace(`:${name}`, encodeURIComponent(String(value))),
    url,
  );
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return search ? `${path}?${search}` : path;
}

function bodyOf(response: LightMyRequestResponse): unknown {
  if (response.body === '') return undefined;
  return String(response.headers['content-type']).includes('json') ? response.json() : response.body;
}
