import { describe } from 'vitest';
import { runtimeContract } from '../contract.ts';
import { seatbeltRuntime } from './testing/runtime.ts';

// On Linux nothing is isolated here. That this is found out is tested beside the canaries.
describe('the Seatbelt runtime, without Seatbelt', () => {
  runtimeContract(async () => ({ ...(await seatbeltRuntime()), node: 'node' }), { isolates: false });
});
