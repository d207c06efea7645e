export * from './edge/index.ts';
export * from './errors.ts';
export { inside, shownAt } from './inside.ts';
export type { AppState } from './local/app-transitions.ts';
export { AppSupervisor } from './local/apps.ts';
export { createLocalRuntime } from './local/local-runtime.ts';
export { openSocketRoot } from './local/socket-root.ts';
export { createMachineRuntime } from './machine-runtime.ts';
export type * from './runtime.ts';
