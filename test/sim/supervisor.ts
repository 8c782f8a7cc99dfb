// Starts the simulated process, lets faults befall it, and starts it again.

import type { Around, SimulatedProcess } from './process.ts';
import { startProcess } from './process.ts';
import type { Owner } from './world.ts';

export interface Supervisor {
  /** The process that is up; null between a death and the next start. */
  current(): SimulatedProcess | null;
  boot(): void;
  /** Deaths, stops, take-overs, clock jumps and store outages until the storm ends. */
  plague(stormEnds: number): void;
  /** True when the process has just died of this effect. */
  perils(owner: Owner, what: string): boolean;
  counts(): { readonly effects: number; readonly deaths: number };
}

export interface Supervise extends Omit<Around, 'peril' | 'storeFault'> {
  readonly stormy: () => boolean;
  readonly dieAt: number | undefined;
}

export function createSupervisor(given: Supervise): Supervisor {
  const { world, stormy, dieAt } = given;
  let newest: Owner | null = null;
  let up: SimulatedProcess | null = null;
  let [effects, deaths, budget, starts, outageUntil] = [0, 0, 0, 0, 0];
  const kill = (owner: Owner, why: string): void => {
    if (owner.dead) return;
    owner.dead = true;
    deaths += 1;
    world.note(`${owner.name} dies: ${why}`);
    if (owner !== newest) return;
    up = null;
    world.schedule(null, world.between(100, 5000), '', boot);
  };
  const perils = (owner: Owner, what: string): boolean => {
    if (owner.dead) return true;
    effects += 1;
    const dies = dieAt === undefined ? stormy() && budget > 0 && world.chance(0.01) : effects === dieAt;
    if (!dies) return false;
    budget -= 1;
    kill(owner, `${what} (effect ${effects})`);
    return true;
  };
  const storeFault = () => {
    if (!stormy()) return 'none';
    if (world.now() < outageUntil || world.chance(0.01)) return 'refused';
    return world.chance(0.005) ? 'answer lost' : 'none';
  };
  const around: Around = { ...given, peril: perils, storeFault };
  const boot = (): void => {
    starts += 1;
    const owner: Owner = { name: `p${starts}`, dead: false, stoppedUntil: 0, revoked: false };
    if (newest) newest.revoked = true;
    newest = owner;
    world.schedule(owner, 0, `${owner.name} starts`, () => {
      void start(owner);
    });
  };
  const start = async (owner: Owner): Promise<void> => {
    try {
      const started = await startProcess(around, owner);
      if (newest === owner && !owner.dead) up = started;
    } catch (error) {
      kill(owner, `it could not start: ${String(error)}`);
    }
  };
  /** The process is stopped for a while; another takes over; then it goes on with what it had in hand, and ends. */
  const takeOver = (): void => {
    const old = up;
    if (!old) return;
    old.owner.stoppedUntil = world.now() + world.between(2000, 60_000);
    world.note(`${old.owner.name} is stopped for ${Math.round((old.owner.stoppedUntil - world.now()) / 1000)} s`);
    up = null;
    boot();
    world.schedule(old.owner, 0, `${old.owner.name} goes on, too late`, () => void old.stop());
    world.schedule(old.owner, 90_000, '', () => kill(old.owner, 'it was replaced'));
  };
  const stop = (): void => {
    const old = up;
    if (!old) return;
    world.schedule(old.owner, 0, `${old.owner.name} is asked to stop`, () => {
      old.stop().then(
        () => kill(old.owner, 'it has stopped'),
        (error: unknown) => given.alarm(`the stop broke: ${String(error)}`),
      );
    });
  };
  const check = (): void => {
    if (up) world.schedule(up.owner, 0, '', () => void up?.check().catch(() => undefined));
    world.schedule(null, 300_000, '', check);
  };
  const often = (most: number, stormEnds: number, act: () => void): void => {
    for (let count = world.between(0, most); count > 0; count--)
      world.schedule(null, world.between(0, stormEnds), '', act);
  };
  world.schedule(null, 300_000, '', check);
  return {
    current: () => up,
    boot,
    plague: (stormEnds) => {
      budget = world.between(0, 4);
      often(1, stormEnds, takeOver);
      often(1, stormEnds, stop);
      often(2, stormEnds, () => world.jump(world.pick([-1, 1]) * world.between(1, 3_600_000)));
      often(2, stormEnds, () => {
        outageUntil = world.now() + world.between(100, 60_000);
        world.note(`the store is full for ${Math.round((outageUntil - world.now()) / 1000)} s`);
      });
    },
    perils,
    counts: () => ({ effects, deaths }),
  };
}
