import { defineConfig } from 'vitest/config';

/** `npm test` runs everything but `*.full.test.ts`; `npm run test:full` runs those too. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env['TEST_FULL'] ? [] : ['test/**/*.full.test.ts'],
    globalSetup: ['test/postgres/once.ts'],
    pool: 'forks',
    // Most tests wait for a process, a clock or a disk: one more than two cores have to do.
    maxWorkers: 3,
    testTimeout: 30_000,
  },
});
