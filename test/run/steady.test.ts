// A lookup waits its time also when the clock is set forward meanwhile, or in a process that has just started.

import { afterEach, expect, it } from 'vitest';
import { UnknownOutcomeError } from '../../src/plugin/index.ts';
import { lookupGate } from '../../src/run/gate.ts';
import { createSteady } from '../../src/run/steady.ts';
import { startEngine, workflow, workflowsOf, type Engine } from './engine.ts';

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

it('counts from its beginning, and anew from each jump of the clock in either direction', () => {
  let [clock, ticks] = [1_000_000, 0];
  const steady = createSteady(
    () => clock,
    () => ticks,
  );
  const pass = (ms: number) => {
    clock += ms;
    ticks += ms;
  };
  pass(20_000);
  expect(steady()).toBe(20_000);
  clock += 900;
  expect(steady(), 'a small correction').toBe(20_000);
  clock += 3_600_000;
  expect(steady()).toBe(0);
  pass(7000);
  expect(steady()).toBe(7000);
  clock -= 3_600_000;
  expect(steady()).toBe(0);
});

it('lets nobody ask before the clock has gone evenly for as long as the action wants', async () => {
  const asked: string[] = [];
  const lookup = async () => {
    asked.push('lookup');
    return { id: 'found' };
  };
  const run = async () => {
    throw new UnknownOutcomeError('500');
  };
  const flow = workflow('w', [{ id: 'log', effect: 'lookup', action: { run, lookup, lookupAfterMs: 300 } }]);
  const engine = await startEngine(() => workflowsOf(flow));
  engines.push(engine);
  const [step] = flow.steps;
  if (!step) throw new Error('it has one');
  let steady = 0;
  const parts = { ...engine.parts, clock: () => 1000, steadyMs: () => steady };
  expect(lookupGate(parts, step)).toEqual({ is: 'postponed', until: 1300 });
  steady = 300;
  expect(lookupGate(parts, step)).toEqual({ is: 'free' });
  await engine.until(await engine.event(), 'succeeded');
  expect(asked).toEqual(['lookup']);
});
