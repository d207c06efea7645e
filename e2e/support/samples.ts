import type { RouteContract } from '@talkide/contracts';
import { z } from 'zod';

/** The part of JSON Schema that the contracts use. */
export interface Shape {
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  default?: unknown;
}

/** What a contract accepts, as JSON Schema. */
export const shapeOf = (schema: z.ZodType): Shape =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;

/** A value that fits a schema; every property is there. */
export function sampleOf(shape: Shape): unknown {
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  if (shape.anyOf?.[0]) return sampleOf(shape.anyOf[0]);
  if (shape.type === 'object')
    return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([key, inner]) => [key, sampleOf(inner)]));
  if (shape.type === 'array') return shape.items ? [sampleOf(shape.items)] : [];
  if (shape.type === 'integer' || shape.type === 'number') return Math.max(shape.minimum ?? 1, 1);
  if (shape.type === 'boolean') return false;
  if (shape.format === 'email') return 'somebody@example.com';
  if (shape.format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  const text = 'three unrelated words'.padEnd(shape.minLength ?? 0, '.');
  const fits = (one: string) =>
    new RegExp(shape.pattern ?? '').test(one) && one.length <= (shape.maxLength ?? Infinity);
  return [text, '5', 'a-name', 'A_NAME'].find(fits) ?? text;
}

/** The path of a route with its parameters filled in, each as it is (the caller encodes). */
export const fillPath = (contract: RouteContract, fill: (name: string, segment: string) => string): string =>
  contract.url.replace(
    /([\w-]+)\/:(\w+)/g,
    (_all, segment: string, name: string) => `${segment}/${fill(name, segment)}`,
  );
