import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** What the seeds from `first` to `last` came to, in a process of their own. */
function judge(first: number, last: number): Promise<{ readonly wrong: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const done = (error: Error | null, output: string, errors: string) =>
      resolve({ wrong: error !== null, output: output + errors });
    execFile(process.execPath, [main, String(first), String(last)], { maxBuffer: 1e8 }, done);
  });
}

it('10,000 simulated lives keep every promise', { timeout: 600_000 }, async () => {
  const processes = Math.min(4, availableParallelism());
  const each = Math.ceil(10_000 / processes);
  const shares = Array.from({ length: processes }, (_, index) => judge(1001 + index * each, 1000 + (index + 1) * each));
  const wrong = (await Promise.all(shares)).filter((share) => share.wrong).map((share) => share.output);
  expect(wrong).toEqual([]);
});
