// How fast events are matched: the index against a loop over all workflows, at 10, 1,000 and 10,000 of them, with equal results.
// One in twenty has no equality in its `if`, so that no index can leave it out.

import type { EventScope, Evaluated } from '../src/workflow/compile.ts';
import { compileCondition, createBudget, ExpressionError, type Scope } from '../src/workflow/expression/evaluate.ts';
import { parseExpression } from '../src/workflow/expression/parse.ts';
import { createMatcher, takes, type Candidate } from '../src/workflow/match.ts';
import { median } from './load.ts';

const sizes = [10, 1000, 10_000];
const rounds = Number(process.argv[2] ?? 5);
const bar = 10_000;
const at = { file: 'bench.yaml', line: 1, column: 1 };
const types = ['created', 'started', 'joined', 'ended', 'failed', 'billed', 'analyzed', 'recorded', 'archived'];
const directions = ['inbound', 'outbound'];

const rows = sizes.map((size) => measure(size));
console.table(rows);
const last = rows.at(-1);
console.log(`index at ${last?.workflows} workflows: ${last?.['index events/s']} events/s (bar: ${bar})`);

function measure(size: number) {
  const begun = performance.now();
  const candidates = Array.from({ length: size }, (_, index) => candidate(index, size));
  const matcher = createMatcher(candidates, {});
  const events = Array.from({ length: 2000 }, (_, index) => eventOf(index, size));
  // The first event of each type builds its group.
  for (const event of events.slice(0, 200)) matcher.match(event);
  const buildMs = performance.now() - begun;

  const some = events.slice(0, Math.max(100, Math.min(events.length, 500_000 / size)));
  const naive = perSecond(some, (event) => loop(candidates, event));
  const cpu = process.cpuUsage();
  const index = perSecond(events, (event) => matcher.match(event));
  const { user, system } = process.cpuUsage(cpu);
  const indexByCpu = (events.length * rounds) / ((user + system) / 1e6);
  let matches = 0;
  for (const event of some) {
    const found = matcher.match(event).map(({ workflow }) => workflow.name);
    const wanted = loop(candidates, event);
    matches += found.length;
    if (found.join() !== wanted.join())
      throw new Error(`event ${event.id}: ${found.join()} instead of ${wanted.join()}`);
  }
  return {
    workflows: size,
    'build ms': Math.round(buildMs),
    'naive events/s': Math.round(naive),
    'index events/s': Math.round(index),
    'events a CPU second': Math.round(indexByCpu),
    'matches an event': Number((matches / some.length).toFixed(1)),
    'compared equal': some.length,
  };
}

/** Median of several rounds. */
function perSecond(events: readonly EventScope[], match: (event: EventScope) => readonly unknown[]): number {
  const found = Array.from({ length: rounds }, () => {
    const begun = performance.now();
    let matched = 0;
    for (const event of events) matched += match(event).length;
    if (matched < 0) throw new Error('never, but the loop must not be optimized away');
    return events.length / ((performance.now() - begun) / 1000);
  });
  return median(found);
}

/** Names of those that take the event, in their order. */
function loop(candidates: readonly Candidate[], event: EventScope): readonly string[] {
  const scope = { event, env: {} };
  return candidates.flatMap((one) => {
    if (!takes(one, event)) return [];
    const holds = one.holds(scope);
    return !holds.ok || holds.value ? [one.workflow.name] : [];
  });
}

/** Agents are shared by five workflows each; most also look at something that the index does not know. */
function candidate(index: number, size: number): Candidate {
  const agent = `event.data.call.agentId == "agent-${index % Math.ceil(size / 5)}"`;
  const direction = `event.data.call.direction == "${directions[index % 2] ?? ''}"`;
  const conditions = [
    agent,
    `${agent} && ${direction}`,
    `${direction} && event.data.call.duration > ${index % 300} && ${agent}`,
    `["agent-${index % Math.ceil(size / 5)}", "agent-x"].includes(event.data.call.agentId)`,
  ];
  const unindexable = `event.data.call.duration > ${index % 60}`;
  const text = index % 20 === 7 ? unindexable : (conditions[index % conditions.length] ?? agent);
  const parsed = parseExpression(text, { names: ['event', 'env'] });
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  const evaluate = compileCondition(parsed.value);
  return {
    workflow: { name: `w${index}`, description: '', on: [], steps: [], at },
    on: [{ source: 'calls', type: `call.${types[index % types.length] ?? ''}` }],
    condition: parsed.value,
    holds: (scope) => evaluated(() => evaluate(scope, createBudget())),
    unique: () => ({ ok: true, value: null }),
  };
}

function evaluated(evaluate: () => boolean): Evaluated<boolean> {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, failure: { message: error.message, at } };
    throw error;
  }
}

function eventOf(index: number, size: number): EventScope & Scope {
  const call = {
    callId: `c${index}`,
    agentId: `agent-${(index * 7) % Math.ceil(size / 5)}`,
    direction: directions[index % 3 === 0 ? 1 : 0],
    duration: (index * 37) % 600,
  };
  const receivedAt = '2026-01-15T10:30:00.000Z';
  const type = `call.${types[index % types.length] ?? ''}`;
  return { id: `evt_${index}`, type, source: 'calls', time: null, receivedAt, data: { call }, body: null };
}
