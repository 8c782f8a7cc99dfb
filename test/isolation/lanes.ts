// Lanes on a clock of the test's own, and a queue of due runs before them that is worked off as the worker does.

import { createLanes, type LaneParts, type Lanes } from '../../src/run/lanes.ts';

export interface Call {
  readonly lane: string;
  /** Position in the queue: the oldest is 0. */
  readonly run: number;
  readonly at: number;
}

export function lanesAt(clock: () => number, over: Partial<LaneParts> = {}, names = ['crm', 'mail']): Lanes {
  return createLanes(
    {
      has: (name) => names.includes(name),
      names: () => names,
      concurrency: () => 10,
      save: async () => undefined,
      tell: () => undefined,
      clock,
      circuitAfter: 5,
      circuitForMs: 30_000,
      ...over,
    },
    [],
  );
}

export interface Work {
  readonly lanes: Lanes;
  /** Runs waiting for each lane. */
  readonly queues: Record<string, number>;
  readonly clock: { now: number };
  /** When to stop looking. */
  readonly untilAt: number;
  /** What a call comes to. */
  readonly end: (call: Call) => 'good' | 'failed';
}

/** Every call in order, and how often the queue was looked at. A failed run goes to the end of its queue. */
export async function work({ lanes, queues, clock, untilAt, end }: Work): Promise<{ calls: Call[]; looks: number }> {
  const waiting = new Map(
    Object.entries(queues).map(([lane, count]) => [lane, Array.from({ length: count }, (_, run) => run)]),
  );
  const calls: Call[] = [];
  let looks = 0;
  for (;;) {
    looks += 1;
    let claimed = 0;
    for (const { lane, limit } of lanes.claims()) {
      const queue = waiting.get(lane) ?? [];
      const now: Call[] = queue.splice(0, limit).map((run) => ({ lane, run, at: clock.now }));
      claimed += now.length;
      for (const call of now) {
        if (lanes.gate(lane).is !== 'free') queue.push(call.run);
        else {
          lanes.take(lane);
          calls.push(call);
        }
      }
      for (const call of now.filter((one) => calls.includes(one))) {
        const how = end(call);
        await lanes.report(lane, how, null);
        lanes.give(lane);
        if (how === 'failed') queue.push(call.run);
      }
    }
    if (claimed > 0) continue;
    const next = lanes.nextTryAt();
    if (next === null || next > untilAt) return { calls, looks };
    clock.now = next;
  }
}
