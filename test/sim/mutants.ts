// Mistakes put into the simulated process on purpose: what the simulator must be able to see.

import type { EngineParts } from '../../src/run/parts.ts';
import type { RecordRun } from '../../src/store/store.ts';
import type { Ledger } from './tables.ts';

export interface Mutation {
  /** The store is wrong. */
  readonly ledger?: (ledger: Ledger) => Ledger;
  /** The engine is wrong. */
  readonly parts?: (parts: EngineParts) => EngineParts;
  /** The receiver answers before it has stored. */
  readonly answersEarly?: boolean;
  /** What the engine makes of every step; the invariants go by what the workflow file says. */
  readonly onDoubt?: 'retry';
  readonly lookupAfterMs?: number;
  /** The key that the vendor is given. */
  readonly key?: (key: string, attempt: number) => string;
}

export interface Mutant extends Mutation {
  /** "The simulator sees …" */
  readonly name: string;
  /** The invariant that it breaks. */
  readonly breaks: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'a store without the dedupe index',
    breaks: 'I1',
    ledger: (ledger) => ({
      ...ledger,
      accept: (batch) => ledger.accept(batch.map((item) => ({ ...item, keepUntil: 0 }))),
    }),
  },
  { name: 'an acknowledgement before the commit', breaks: 'I1', answersEarly: true },
  {
    name: 'a store without fences',
    breaks: 'I',
    ledger: (ledger) => ({
      ...ledger,
      record: (batch) =>
        ledger.record(batch.map((item) => ({ ...item, fence: ledger.run(item.runId)?.fence ?? item.fence }))),
    }),
  },
  {
    name: 'an outcome that is written before the call',
    breaks: 'I2',
    parts: (parts) => ({ ...parts, record: (item) => parts.record(foreseen(item)) }),
  },
  {
    name: 'a call that does not wait until its attempt is stored',
    breaks: 'I3',
    parts: (parts) => ({ ...parts, record: (item) => unwaited(parts, item) }),
  },
  { name: 'a doubtful attempt of a once action that is repeated', breaks: 'I3', onDoubt: 'retry' },
  { name: 'a key that changes from try to try', breaks: 'I2', key: (key, attempt) => `${key}-${attempt}` },
  { name: 'a lookup that does not wait for the request under way', breaks: 'I2', lookupAfterMs: 0 },
  {
    name: 'a claim that forgets the attempts of a process that ended',
    breaks: 'I3',
    ledger: (ledger) => ({
      ...ledger,
      claim: (request) => ledger.claim(request).map((claimed) => ({ ...claimed, open: [] })),
    }),
  },
  {
    name: 'a start that leaves the runs of the last process',
    breaks: 'I4',
    ledger: (ledger) => ({ ...ledger, recover: () => 0 }),
  },
  {
    name: 'a claim whose answer was lost and that nobody asks for',
    breaks: 'I4',
    ledger: (ledger) => ({
      ...ledger,
      recover: (owner, now, keep) => (keep === undefined ? ledger.recover(owner, now) : 0),
    }),
  },
  {
    name: 'a matcher that looks for stored events only at the start',
    breaks: 'I4',
    parts: (parts) => ({ ...parts, inbox: { ...parts.inbox, missed: () => undefined } }),
  },
];

function foreseen(item: RecordRun): RecordRun {
  const begun = item.begun?.map((attempt) => ({ ...attempt, status: 'succeeded' as const }));
  if (!begun || begun.length === 0) return item;
  const steps = item.update.steps.map((step) =>
    begun.some((attempt) => attempt.step === step.id) ? { ...step, status: 'succeeded' as const } : step,
  );
  return { ...item, begun, update: { ...item.update, steps } };
}

async function unwaited(parts: EngineParts, item: RecordRun): Promise<boolean> {
  const write = parts.record(item);
  if (!item.begun || item.begun.length === 0) return write;
  write.catch(() => undefined);
  return true;
}
