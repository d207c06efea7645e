import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// Tests wait for conditions: these bounds end a broken test, and never a good one on a loaded machine.
const patient = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } };

/**
 * `unit` needs nothing but Node; `integration` uses PostgreSQL, git and sandboxes (`*.int.test.ts`); `web` renders
 * components in happy-dom; `e2e` drives the whole system with a real browser.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          sequence: { groupOrder: 1 },
          // Nothing in these shares state, so files need no process of their own: 7 s instead of 25.
          pool: 'threads',
          isolate: false,
          include: [
            'apps/{server,worker}/**/*.test.ts',
            'packages/**/*.test.ts',
            'scripts/**/*.test.ts',
            'docs/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.int.test.ts', 'stacks/**'],
        },
      },
      {
        plugins: [vue()],
        resolve: { alias: { '@': new URL('./apps/web/src', import.meta.url).pathname } },
        test: {
          ...patient,
          name: 'web',
          sequence: { groupOrder: 2 },
          include: ['apps/web/**/*.test.ts'],
          environment: 'happy-dom',
        },
      },
      {
        test: {
          ...patient,
          name: 'integration',
          sequence: { groupOrder: 3 },
          include: ['apps/**/*.int.test.ts', 'packages/**/*.int.test.ts', 'stacks/*/*.int.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['apps/server/src/testing/postgres.setup.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...patient,
          name: 'e2e',
          sequence: { groupOrder: 4 },
          include: ['e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
