// One simulated life of Hookline: everything the seed makes happen, until it has come to rest, and what was wrong then.

import { createSending } from '../../src/connect/sending.ts';
import { violations, type Evidence } from '../faults/invariants.ts';
import { asStore, createLedger } from './ledger.ts';
import type { Mutation } from './mutants.ts';
import { createPeople } from './people.ts';
import { makeWorkflows } from './scenario.ts';
import { createSenders } from './senders.ts';
import { createSupervisor } from './supervisor.ts';
import { withWorldTimers } from './timers.ts';
import { createVendor } from './vendor.ts';
import { createWorld, type World } from './world.ts';

export interface Simulate {
  readonly seed: number;
  readonly mutation?: Mutation;
  /** Keeps what happened, for people. */
  readonly trace?: boolean;
  /** No faults but this one: the process dies at its n-th effect. */
  readonly dieAt?: number;
}

export interface Life {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  /** Effects of processes: the points at which one could have died. */
  readonly effects: number;
  readonly deaths: number;
  readonly runs: number;
  readonly requests: number;
}

const minute = 60_000;
/** Long enough for every retry, postponement and clock jump. */
const horizon = 3 * 24 * 60 * minute;

export async function simulate(options: Simulate): Promise<Life> {
  const world = createWorld(options.seed, { trace: options.trace ?? false });
  const broken: string[] = [];
  const unhandled = (reason: unknown) => void broken.push(`unhandled rejection: ${String(reason)}`);
  process.on('unhandledRejection', unhandled);
  try {
    return await withWorldTimers(world, () => live(world, options, broken));
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}

async function live(world: World, { seed, mutation = {}, dieAt }: Simulate, broken: string[]): Promise<Life> {
  const calm = dieAt !== undefined;
  const stormEnds = calm ? 0 : world.between(1, 10) * minute;
  const stormy = () => world.now() < stormEnds;
  const ledger = mutation.ledger?.(createLedger()) ?? createLedger();
  const sending = createSending();
  const vendor = createVendor(world, sending, stormy);
  const { workflows, promised } = makeWorkflows(world, vendor, mutation);
  const alarm = (line: string) => void broken.push(line);
  const supervisor = createSupervisor({ world, ledger, vendor, sending, workflows, mutation, alarm, stormy, dieAt });
  const senders = createSenders(world, supervisor, calm ? 0 : stormEnds);
  const people = createPeople({ world, ledger, vendor, supervisor, alarm });
  supervisor.boot();
  if (!calm) {
    supervisor.plague(stormEnds);
    people.meddle(stormEnds);
    for (let count = world.between(0, 2); count > 0; count--) {
      const [name, forMs] = [world.pick(['crm', 'mail', 'chat']), world.between(1, 600_000)];
      world.schedule(null, world.between(0, stormEnds), '', () => vendor.refuseCredentials(name, forMs));
    }
  }
  const atRest = () => world.now() > stormEnds && senders.done() && resting(ledger);
  const settle = async () => {
    do {
      await world.run(horizon, atRest);
      await world.run(world.now() + minute, () => false);
    } while (!atRest() && world.now() < horizon && world.waiting());
  };
  await settle();
  const evidence = (): Evidence => ({
    store: asStore(ledger),
    sent: senders.sent(),
    requests: vendor.requests,
    steps: promised,
    people: people.words,
    paused: people.paused,
    process: broken,
  });
  world.note('--- everything is at rest');
  const wrong = [...(await violations(evidence()))];
  for (let round = 0; round < 10 && people.answerTruly() > 0; round++) await settle();
  world.note('--- a person has answered every doubt by what the vendor has');
  const late = (await violations(evidence())).filter((what) => !wrong.includes(what));
  const held = ledger.runs({ status: 'held' }, { limit: 500 }).map((run) => `I4: run ${run.id} is held for ever`);
  const { effects, deaths } = supervisor.counts();
  const runs = ledger.runs({}, { limit: 500 }).length;
  return {
    seed,
    violations: [...wrong, ...late, ...held],
    trace: world.trace,
    effects,
    deaths,
    runs,
    requests: vendor.requests.length,
  };
}

/** Nothing is left that the engine would do by itself. */
function resting(ledger: ReturnType<typeof createLedger>): boolean {
  if (ledger.pending(1).length > 0) return false;
  const { pending, running, waiting } = ledger.stats().runs;
  if (pending + running + waiting > 0) return false;
  if (ledger.connections().some(({ status }) => status === 'paused')) return false;
  return ledger.runs({ status: 'held' }, { limit: 500 }).every(({ reason }) => reason === 'in_doubt');
}
