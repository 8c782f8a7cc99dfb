// The simulated world: one clock, one source of chance and one queue of what happens next, all from a seed.

/** A process of the world; what was scheduled for one that is dead never happens. */
export interface Owner {
  readonly name: string;
  dead: boolean;
  /** Stopped (as by SIGSTOP) until this moment: nothing reaches it before. */
  stoppedUntil: number;
  /** Another process has taken over its runs. */
  revoked: boolean;
}

interface Happening {
  readonly at: number;
  readonly owner: Owner | null;
  readonly what: string;
  readonly act: () => void;
}

export interface World {
  readonly seed: number;
  /** Milliseconds since the world began; never goes back. */
  readonly now: () => number;
  /** What a process reads as the time of day: jumps. */
  readonly clock: () => number;
  readonly jump: (byMs: number) => void;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly chance: (probability: number) => boolean;
  /** A whole number from `low` to `high`. */
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly bytes: (size: number) => Uint8Array;
  /** Whose code is running. */
  readonly owner: () => Owner | null;
  /** Lets something happen for this owner; null: for the world outside. The function returned calls it off. */
  readonly schedule: (owner: Owner | null, delayMs: number, what: string, act: () => void) => () => void;
  /** Something is still to happen. */
  readonly waiting: () => boolean;
  /** Goes on until nothing is left, the time has come, or `done` says so. */
  readonly run: (untilMs: number, done: () => boolean) => Promise<void>;
  readonly note: (line: string) => void;
  /** Nobody reads the notes. */
  readonly quiet: boolean;
  readonly trace: readonly string[];
}

const beginning = Date.UTC(2031, 4, 6, 9);
/** Taken before anything replaces it: after it, no microtask of what just happened is left. */
const nextTurn = setImmediate;

export function createWorld(seed: number, options: { readonly trace: boolean }): World {
  const random = createRandom(seed);
  const queue: Happening[] = [];
  const trace: string[] = [];
  let now = 0;
  let offset = beginning;
  let owner: Owner | null = null;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const note = (line: string) => {
    if (options.trace) trace.push(`${String(Math.round(now)).padStart(9)} ms  ${line}`);
  };
  const put = (happening: Happening) => {
    let low = 0;
    for (let high = queue.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((queue[middle]?.at ?? 0) > happening.at) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, happening);
  };
  const turn = async (next: Happening) => {
    const { owner: who } = next;
    if (who?.dead) return;
    if (who && who.stoppedUntil > next.at) return put({ ...next, at: who.stoppedUntil + random() });
    now = Math.max(now, next.at);
    owner = who;
    if (next.what !== '') note(next.what);
    next.act();
    // The world outside answers nobody by itself: it leaves no microtask.
    if (who !== null) await new Promise((resolve) => nextTurn(resolve));
    owner = null;
  };
  return {
    seed,
    now: () => now,
    clock: () => Math.round(now + offset),
    jump: (byMs) => {
      offset += byMs;
      note(`the clock jumps by ${byMs / 1000} s`);
    },
    random,
    chance: (probability) => random() < probability,
    between,
    pick: (items) => items[Math.floor(random() * items.length)] as (typeof items)[number],
    bytes: (size) => Uint8Array.from({ length: size }, () => between(0, 255)),
    owner: () => owner,
    schedule: (whose, delayMs, what, act) => {
      // The fraction is the order of what happens in the same millisecond.
      const happening = { at: now + Math.max(0, delayMs) + random(), owner: whose, what, act };
      put(happening);
      return () => {
        const index = queue.indexOf(happening);
        if (index >= 0) queue.splice(index, 1);
      };
    },
    waiting: () => queue.length > 0,
    run: async (untilMs, done) => {
      for (;;) {
        const next = queue.pop();
        if (!next) return;
        if (next.at > untilMs) return put(next);
        await turn(next);
        if (done()) return;
      }
    },
    note,
    quiet: !options.trace,
    trace,
  };
}

/** Mulberry32: small, and the same on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
