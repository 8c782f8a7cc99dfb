import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, though its files are small: begun last, it would have the machine to itself in the end. */
const longest = ['/test/browser/', '/test/contract/', '/test/crash/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => (longest.some((part) => moduleId.includes(part)) ? 0 : 1);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** `npm test` runs everything but `*.full.test.ts`; `npm run test:full` runs those too. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env['TEST_FULL'] ? [] : ['test/**/*.full.test.ts'],
    globalSetup: ['test/postgres/once.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // Most tests wait for a process, a clock or a disk: one more than two cores have to do.
    maxWorkers: 3,
    testTimeout: 30_000,
  },
});
