export * from './edge/index.ts';
export * from './errors.ts';
export { inside } from './inside.ts';
export type { AppState } from './local/app-transitions.ts';
export { AppSupervisor } from './local/apps.ts';
export { createLocalRuntime, endLeftovers } from './local/local-runtime.ts';
export { openSocketRoot, removeSocketRoot } from './local/socket-root.ts';
export type * from './runtime.ts';
