// Simulated senders: each event is sent until it is acknowledged, sometimes twice at once, sometimes again afterwards.

import type { SentEvent } from '../faults/invariants.ts';
import type { Supervisor } from './supervisor.ts';
import type { World } from './world.ts';

export interface Senders {
  sent(): readonly SentEvent[];
  /** Every event is acknowledged. */
  done(): boolean;
}

export function createSenders(world: World, supervisor: Supervisor, untilMs: number): Senders {
  const acknowledged = new Set<string>();
  const keys = Array.from({ length: world.between(1, 4) }, (_, index) => `order-${index + 1}`);
  const bodyOf = (key: string) => Buffer.from(JSON.stringify({ id: key, seed: world.seed }));
  const post = (key: string): void => {
    const process = supervisor.current();
    if (!process) return;
    const { owner } = process;
    const receive = async (): Promise<void> => {
      const stored = await process.receive(key, bodyOf(key));
      if (!stored || owner.dead || supervisor.perils(owner, `${key} is answered`)) return;
      world.note(`${owner.name} acknowledges ${key}`);
      acknowledged.add(key);
    };
    world.schedule(owner, world.between(0, 5), `${owner.name} receives ${key}`, () => void receive());
  };
  const insist = (key: string): void => {
    if (acknowledged.has(key)) return;
    for (let copies = world.chance(0.2) ? 3 : 1; copies > 0; copies--) post(key);
    world.schedule(null, 10_000, '', () => insist(key));
  };
  for (const key of keys) {
    world.schedule(null, world.between(200, 200 + untilMs / 2), '', () => insist(key));
    if (world.chance(0.3)) world.schedule(null, world.between(200, 200 + untilMs), '', () => post(key));
  }
  return {
    sent: () => keys.map((key) => ({ key, body: bodyOf(key), acknowledged: acknowledged.has(key) })),
    done: () => acknowledged.size === keys.length,
  };
}
