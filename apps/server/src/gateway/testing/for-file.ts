import { afterAll } from 'vitest';
import { type GatewayRig, startGateway } from './rig.ts';

/** A gateway for the tests of a file, closed after them. */
export async function gatewayForFile(...options: Parameters<typeof startGateway>): Promise<GatewayRig> {
  const rig = await startGateway(...options);
  afterAll(rig.close);
  return rig;
}
