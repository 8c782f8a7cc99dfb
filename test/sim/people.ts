// Simulated people: they retry, replay, cancel, pause and answer doubts, at any moment and not always truly.

import { HostError } from '../../src/core/errors.ts';
import type { Run, StepState } from '../../src/core/model.ts';
import type { Operations } from '../../src/core/operations.ts';
import { connectionNames } from './process.ts';
import type { Supervisor } from './supervisor.ts';
import type { Ledger } from './tables.ts';
import type { Vendor } from './vendor.ts';
import type { World } from './world.ts';

export interface People {
  /** What was said, by subject. */
  readonly words: ReadonlyMap<string, { readonly again: number; readonly happened: number }>;
  readonly paused: ReadonlySet<string>;
  /** Acts at random until the storm ends; then lifts every pause. */
  meddle(stormEnds: number): void;
  /** Answers every step in doubt by what the vendor has. Returns how many there were. */
  answerTruly(): number;
}

export interface MakePeople {
  readonly world: World;
  readonly ledger: Ledger;
  readonly vendor: Vendor;
  readonly supervisor: Supervisor;
  readonly alarm: (line: string) => void;
}

const page = { limit: 500 };
const subjectOf = (run: Run, step: StepState) => [run.eventId, run.replay, run.workflow, step.id].join('/');
const inDoubt = (step: StepState) => step.status === 'held' && step.reason === 'in_doubt';

export function createPeople({ world, ledger, vendor, supervisor, alarm }: MakePeople): People {
  const words = new Map<string, { again: number; happened: number }>();
  const say = (subject: string, word: 'again' | 'happened') => {
    const said = words.get(subject) ?? { again: 0, happened: 0 };
    words.set(subject, { ...said, [word]: said[word] + 1 });
  };
  const order = (what: string, give: (operations: Operations) => Promise<unknown>): void => {
    const process = supervisor.current();
    if (!process) return;
    world.schedule(process.owner, 0, `a person wants to ${what}`, () => {
      give(process.operations).catch((error: unknown) => {
        if (!(error instanceof HostError)) alarm(`${what}: ${String(error)}`);
        else world.note(`  refused: ${error.message}`);
      });
    });
  };
  const answer = (run: Run, step: StepState, happened: boolean): void => {
    say(subjectOf(run, step), happened ? 'happened' : 'again');
    const given = happened ? ({ happened, output: { id: 'by hand' } } as const) : ({ happened } as const);
    order(`answer ${run.id} ${step.id}: ${happened ? 'it happened' : 'again'}`, (to) =>
      to.resolve(run.id, step.id, given),
    );
  };
  const acts: readonly ((run: Run) => void)[] = [
    (run) => {
      for (const step of run.steps) say(subjectOf(run, step), 'again');
      const latest = world.chance(0.3);
      order(`retry ${run.id}`, (operations) => operations.retry(run.id, { latest }));
    },
    (run) => order(`cancel ${run.id}`, (operations) => operations.cancel(run.id)),
    ({ eventId }) => order(`replay ${eventId}`, (operations) => operations.replay(eventId, undefined)),
    ({ lane }) => order(`pause ${lane}`, (operations) => operations.pause(lane)),
    ({ lane }) => order(`resume ${lane}`, (operations) => operations.resume(lane)),
    (run) => {
      for (const step of run.steps.filter(inDoubt)) answer(run, step, world.chance(0.5));
    },
  ];
  // A resume that was refused may have been made or not; whoever was told so asks again.
  const resumeAll = (): void => {
    for (const name of connectionNames) order(`resume ${name}`, (operations) => operations.resume(name));
    const held = ledger.runs({ status: 'held' }, page).some(({ reason }) => reason !== 'in_doubt');
    const up = supervisor.current() !== null;
    if (held || !up) world.schedule(null, 60_000, '', resumeAll);
  };
  return {
    words,
    paused: new Set<string>(),
    meddle: (stormEnds) => {
      for (let count = world.between(0, 8); count > 0; count--) {
        world.schedule(null, world.between(1000, stormEnds), '', () => {
          const runs = ledger.runs({}, page);
          if (runs.length > 0) world.pick(acts)(world.pick(runs));
        });
      }
      world.schedule(null, stormEnds + 1000, '', resumeAll);
    },
    answerTruly: () => {
      const doubts = ledger
        .runs({ status: 'held' }, page)
        .flatMap((run) => run.steps.filter(inDoubt).map((step) => ({ run, step })));
      for (const { run, step } of doubts) answer(run, step, vendor.did(subjectOf(run, step)));
      return doubts.length;
    },
  };
}
