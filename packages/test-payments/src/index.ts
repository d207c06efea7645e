export type { Fault } from './faults.ts';
export { startTestPayments, type TestPayments, type TestPaymentsOptions } from './server.ts';
