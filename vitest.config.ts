import { defineConfig } from 'vitest/config';

/** `npm test` runs everything but `*.full.test.ts`; `npm run test:full` runs those too. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env['TEST_FULL'] ? [] : ['test/**/*.full.test.ts'],
    globalSetup: ['test/postgres/once.ts'],
    pool: 'forks',
    testTimeout: 30_000,
  },
});
