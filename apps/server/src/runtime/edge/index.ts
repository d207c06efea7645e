export { createEdge, type Edge } from './edge.ts';
export type { Client } from './headers.ts';
export type { Resolve, Target } from './target.ts';
