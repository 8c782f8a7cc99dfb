// What a seed makes happen: workflows, events, faults of every kind and people who meddle.

import type { Effect, Action } from '../../src/plugin/index.ts';
import type { Step, Workflow, Workflows } from '../../src/workflow/compile.ts';
import type { Mutation } from './mutants.ts';
import { connectionNames } from './process.ts';
import type { Vendor } from './vendor.ts';
import type { World } from './world.ts';

const at = { file: 'workflows.yaml', line: 1, column: 1 };
const effects: readonly Effect[] = ['keyed', 'repeatable', 'lookup', 'once'];

/** What the workflow file promises for a step. */
export interface Promised {
  readonly effect: Effect;
  readonly onDoubt: 'hold' | 'retry';
}

export function makeWorkflows(
  world: World,
  vendor: Vendor,
  mutation: Mutation,
): { workflows: Workflows; promised: Map<string, Promised> } {
  const promised = new Map<string, Promised>();
  const list = Array.from({ length: world.between(1, 2) }, (_, index): Workflow => {
    const name = `w${index + 1}`;
    const ids = Array.from({ length: world.between(1, 4) }, (_, step) => `s${step + 1}`);
    const steps = ids.map((id, step): Step => {
      const effect = world.pick(effects);
      const onDoubt = world.chance(0.2) ? 'retry' : 'hold';
      promised.set(`${name}/${id}`, { effect, onDoubt });
      const above = ids.slice(0, step);
      const needs = world.chance(0.5) ? above : above.filter(() => world.chance(0.4));
      return makeStep({ world, vendor, mutation }, { name, id, effect, onDoubt, needs });
    });
    return { name, on: [], description: '', steps, at, ...(world.chance(0.1) ? { timeoutMs: 600_000 } : {}) };
  });
  const workflows: Workflows = {
    file: at.file,
    text: '',
    hash: 'hash-1',
    sources: new Map(),
    connections: new Map(),
    workflows: new Map(list.map((workflow) => [workflow.name, workflow])),
    match: () => list.map((workflow) => ({ workflow, unique: null })),
    wants: () => true,
  };
  return { workflows, promised };
}

interface MakeStep extends Promised {
  readonly name: string;
  readonly id: string;
  readonly needs: readonly string[];
}

function makeStep(
  { world, vendor, mutation }: { world: World; vendor: Vendor; mutation: Mutation },
  { name, id, effect, onDoubt, needs }: MakeStep,
): Step {
  const connection = world.pick(connectionNames);
  const askedOf = (input: unknown) => ({ ...(input as { subject: string }), connection, effect });
  const key = mutation.key ?? ((given: string) => given);
  const action: Action = {
    description: '',
    input: {},
    output: {},
    effect,
    lookupAfterMs: mutation.lookupAfterMs ?? 10_000,
    run: (_, input, attempt) => vendor.call(askedOf(input), { ...attempt, key: key(attempt.key, attempt.number) }),
    lookup: (_, input, attempt) => vendor.lookUp(askedOf(input), attempt),
  };
  return {
    id,
    connection,
    actionName: id,
    connector: { name: 'fake', description: '', settings: {}, connect: () => ({}), actions: {} },
    action,
    effect,
    needs,
    onError: world.chance(0.2) ? 'continue' : 'fail',
    onDoubt: mutation.onDoubt ?? onDoubt,
    retry: world.chance(0.3) ? { attempts: world.between(1, 5) } : {},
    at,
    condition: () => ({ ok: true, value: !world.chance(0.05) }),
    input: ({ event, run }) => ({ ok: true, value: { subject: [event.id, run.replay, name, id].join('/') } }),
  };
}
