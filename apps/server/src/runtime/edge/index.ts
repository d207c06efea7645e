export { createEdge, type Edge, requestHost } from './edge.ts';
export type { Client } from './headers.ts';
export type { Resolve, Target } from './target.ts';
