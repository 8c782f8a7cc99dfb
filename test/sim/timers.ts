// Puts the world's time and chance in the place of the runtime's, because timers are no arguments of the engine.

import type { World } from './world.ts';

interface Timer {
  readonly cancel: () => void;
  unref(): Timer;
}

/** While `work` runs, every timer, `Math.random` and `performance.now` of this thread are the world's. */
export async function withWorldTimers<T>(world: World, work: () => Promise<T>): Promise<T> {
  const { setTimeout, clearTimeout, setImmediate } = globalThis;
  const { random } = Math;
  const now = performance.now.bind(performance);
  const start = (act: (...args: readonly unknown[]) => void, ms: number, args: readonly unknown[]): Timer => {
    const cancel = world.schedule(world.owner(), ms, '', () => act(...args));
    const timer: Timer = { cancel, unref: () => timer };
    return timer;
  };
  type Act = (...args: readonly unknown[]) => void;
  Object.assign(globalThis, {
    setTimeout: (act: Act, ms = 0, ...args: readonly unknown[]) => start(act, ms, args),
    clearTimeout: (timer?: Timer) => timer?.cancel(),
    setImmediate: (act: Act, ...args: readonly unknown[]) => start(act, 0, args),
  });
  Math.random = world.random;
  performance.now = world.now;
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout, setImmediate });
    Math.random = random;
    performance.now = now;
  }
}
