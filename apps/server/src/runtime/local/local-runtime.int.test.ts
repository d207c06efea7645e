import { describe } from 'vitest';
import { isolationContract, runtimeContract } from '../contract.ts';
import { testRuntime } from './testing.ts';

describe('the local runtime', () => {
  const make = async () => ({ ...(await testRuntime()), node: 'node' });
  runtimeContract(make);
  isolationContract(make);
});
