import { z } from 'zod';
import { errorCatalogue } from './catalogue.ts';
import { Activity, Conversation, ConversationView, Message, Turn } from './conversations.ts';
import { FeedEvent } from './feed.ts';
import { AuthOptions, Me, PersonalToken, Session, SessionGrant } from './identity.ts';
import { KillSwitch, Mail, RuntimeStatus } from './operations.ts';
import { generalErrors, Problem } from './problem.ts';
import { FileContent, FileDiff, Project, SlugCheck, Stack } from './projects.ts';
import type { RouteContract } from './route.ts';
import { routes } from './routes.ts';
import { Todo } from './tenancy.ts';
import { Build, ProjectVersion, Release } from './versions.ts';

type Json = Record<string, unknown>;

/** Schemas that get a name in the document. */
const entities = {
  Activity,
  AuthOptions,
  Build,
  Conversation,
  ConversationView,
  FeedEvent,
  FileContent,
  FileDiff,
  KillSwitch,
  Mail,
  Me,
  Message,
  PersonalToken,
  Problem,
  Project,
  ProjectVersion,
  Release,
  RuntimeStatus,
  Session,
  SessionGrant,
  SlugCheck,
  Stack,
  Todo,
  Turn,
};

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(entities)) registry.add(schema, { id });

/** The JSON Schema of a zod schema, entities as references into `components`. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, $defs, ...own } = z.toJSONSchema(schema, { metadata: registry, io, unrepresentable: 'any' }) as Json;
  return rewrite(own) as Json;
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'id' || typeof (value as Json).id !== 'string')
      // The format says it; zod's patterns for it are long.
      .filter(([key]) => key !== 'pattern' || !('format' in value))
      .map(([key, inner]) =>
        key === '$ref' ? [key, String(inner).replace('#/$defs/', '#/components/schemas/')] : [key, rewrite(inner)],
      ),
  );
}

function components(): Json {
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  }) as {
    schemas: Record<string, Json>;
  };
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, rewrite(schema)]));
}

function parameters(contract: RouteContract): Json[] {
  const from = (schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] => {
    if (!schema) return [];
    const { properties = {}, required = [] } = toSchema(schema, 'input') as { properties?: Json; required?: string[] };
    return Object.entries(properties).map(([name, shape]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      schema: shape,
    }));
  };
  const header = (name: string, required: boolean, description: string): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...from(contract.params, 'path'),
    ...from(contract.query, 'query'),
    ...(contract.idempotent
      ? [header('Idempotency-Key', false, 'Repeating a call with the same key repeats its answer')]
      : []),
    ...(contract.etag ? [header('If-Match', true, 'ETag of what is edited')] : []),
  ];
}

function errorResponses(contract: RouteContract): Json {
  const codes = new Set<string>(['bad_request', 'rate_limited', 'internal', ...(contract.errors ?? [])]);
  if (contract.access !== 'public') codes.add('unauthenticated');
  if (contract.access === 'admin') codes.add('forbidden');
  if (contract.params) codes.add('not_found');
  const byStatus = Map.groupBy([...codes] as (keyof typeof errorCatalogue)[], (code) => errorCatalogue[code].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, group]) => [
        status,
        {
          description: group.map((code) => `\`${code}\`: ${errorCatalogue[code].en}`).join('\n\n'),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}

/** Bytes have no schema in OpenAPI 3.1. */
const notJson = ({ media }: RouteContract): Json =>
  media ? Object.fromEntries(media.map((type) => [type, {}])) : { 'text/plain': { schema: { type: 'string' } } };

function success(contract: RouteContract): Json {
  return Object.fromEntries(
    Object.entries(contract.responses).map(([status, schema]) => {
      if (schema.type === 'void') return [status, { description: 'Done' }];
      if (contract.stream)
        return [
          status,
          {
            description: 'Server-sent events',
            content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/FeedEvent' } } },
          },
        ];
      if (schema.type === 'any') return [status, { description: 'Done', content: notJson(contract) }];
      return [status, { description: 'Done', content: { 'application/json': { schema: toSchema(schema, 'output') } } }];
    }),
  );
}

function operation(id: string, contract: RouteContract): Json {
  return {
    operationId: id,
    tags: [contract.tag],
    summary: contract.summary,
    ...(contract.access === 'public' ? { security: [] } : {}),
    parameters: parameters(contract),
    ...(contract.body
      ? {
          requestBody: {
            required: true,
            content:
              contract.body.type === 'any'
                ? notJson(contract)
                : { 'application/json': { schema: toSchema(contract.body, 'input') } },
          },
        }
      : {}),
    responses: { ...success(contract), ...errorResponses(contract) },
  };
}

/** The OpenAPI 3.1 document of the API, made from the same contracts that validate. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const [id, contract] of Object.entries(routes) as [string, RouteContract][]) {
    const path = contract.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(id, contract) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'TalkIDE',
      version: '1',
      description: `The API of the platform. Errors are RFC 9457 problem details with a stable \`code\`; general ones: ${Object.keys(generalErrors).join(', ')}.`,
    },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components(),
    },
  };
}
