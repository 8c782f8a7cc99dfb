// Lets a crash test kill the process at one named point; without HOOKLINE_FAILPOINT it does nothing.

export const failpointNames = [
  'after-insert-before-commit',
  'after-commit-before-answer',
  'after-begun-before-send',
  'after-send-before-outcome',
  'before-settle',
] as const;

export type FailpointName = (typeof failpointNames)[number];

const armed = readFailpoint(process.env['HOOKLINE_FAILPOINT']);

/** Kills this process with SIGKILL when HOOKLINE_FAILPOINT names this point: `name`, or `name:3` for the third time it is reached. */
export function failpoint(name: FailpointName): void {
  if (armed === null || armed.name !== name) return;
  armed.left -= 1;
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Throws when the text names no point: a misspelt one would make its test pass for nothing. */
function readFailpoint(text: string | undefined): { name: FailpointName; left: number } | null {
  if (text === undefined || text === '') return null;
  const match = /^([a-z-]+)(?::([1-9]\d*))?$/.exec(text);
  const name = failpointNames.find((known) => known === match?.[1]);
  if (name === undefined) {
    throw new Error(`HOOKLINE_FAILPOINT "${text}" names no failpoint; use one of ${failpointNames.join(', ')}`);
  }
  return { name, left: Number(match?.[2] ?? 1) };
}
