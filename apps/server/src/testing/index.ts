export { rejectedBy } from './broken-rule.ts';
export { type Answer, bearerClient, type TestClient } from './client.ts';
export { testDatabase, testDataPlane } from './database.ts';
export { createProject, createTenant, type TestTenant } from './fixtures.ts';
export { type PopulatedTenant, populateTenant } from './populate.ts';
export { BLOCK, mountSmallDisk, type SmallDisk } from './small-disk.ts';
