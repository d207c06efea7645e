export { FAULTS, type Fault } from './faults.ts';
export type { MessagesRequest, Reply } from './protocol.ts';
export { type DemoModel, type DemoModelOptions, type Served, startDemoModel } from './server.ts';
