import { describe } from 'vitest';
import { runtimeContract } from '../contract.ts';
import { testRuntime } from './testing.ts';

describe('the local runtime', () => {
  runtimeContract(async () => ({ ...(await testRuntime()), node: 'node' }), { isolates: true });
});
