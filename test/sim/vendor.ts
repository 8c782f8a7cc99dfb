// Simulated vendors: they act on requests by the four effects, answer well or badly, and remember everything.

import type { Sending } from '../../src/connect/sending.ts';
import {
  ConnectionError,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
  type Attempt,
  type Effect,
} from '../../src/plugin/index.ts';
import type { VendorRequest } from '../faults/invariants.ts';
import type { World } from './world.ts';

export interface Asked {
  readonly subject: string;
  readonly connection: string;
  readonly effect: Effect;
}

export interface Vendor {
  readonly requests: readonly VendorRequest[];
  call(asked: Asked, attempt: Attempt): Promise<unknown>;
  lookUp(asked: Asked, attempt: Attempt): Promise<unknown>;
  check(connection: string): Promise<void>;
  /** What a person sees who looks there. */
  did(subject: string): boolean;
  refuseCredentials(connection: string, forMs: number): void;
}

/** How an answer can go wrong, and how often. Nothing is done more than nine seconds after the request. */
const weathers = {
  fine: 50,
  slow: 6,
  refused: 4,
  busy: 4,
  down: 4,
  rejected: 2,
  'request lost': 4,
  'answer lost': 6,
  'no answer': 4,
  late: 4,
  unclear: 4,
  broken: 2,
} as const;
type Weather = keyof typeof weathers;
const deck = Object.entries(weathers).flatMap(([name, count]) => Array<Weather>(count).fill(name as Weather));

export function createVendor(world: World, sending: Sending, stormy: () => boolean): Vendor {
  const requests: VendorRequest[] = [];
  const refusedUntil = new Map<string, number>();
  const refused = (connection: string) => (refusedUntil.get(connection) ?? 0) > world.now();
  const act = ({ subject, effect }: Asked, { key, number }: Attempt) => {
    const repeat = effect === 'keyed' && requests.some((request) => request.key === key && request.effect);
    requests.push({ subject, key, attempt: number, effect: !repeat });
    world.note(`  vendor: ${subject} ${repeat ? 'again, recognised' : 'done'} by attempt ${number}`);
    return { id: subject };
  };
  const decline = ({ subject }: Asked, { key, number }: Attempt, error: Error) => {
    requests.push({ subject, key, attempt: number, effect: false });
    return error;
  };
  return {
    requests,
    did: (subject) => requests.some((request) => request.subject === subject && request.effect),
    refuseCredentials: (connection, forMs) => {
      refusedUntil.set(connection, world.now() + forMs);
      world.note(`${connection} refuses its credentials for ${forMs / 1000} s`);
    },
    check: async (connection) => {
      if (refused(connection)) throw new ConnectionError('refused');
    },
    call: async (asked, attempt) => {
      const weather: Weather = stormy() ? world.pick(deck) : 'fine';
      const scope = sending.current();
      // A client of its own tells nothing of what it sends.
      if (world.chance(0.8)) scope?.tracked();
      if (weather === 'refused') throw new Error('ECONNREFUSED');
      scope?.sent();
      world.note(`  ${asked.subject}: attempt ${attempt.number} is sent (${weather})`);
      return exchange(world, attempt, (reply) => {
        if (weather === 'request lost') return reply.failed(new Error('ECONNRESET'), 10, 900);
        if (refused(asked.connection)) return reply.failed(decline(asked, attempt, new ConnectionError('401')), 1, 50);
        answer(weather, {
          reply,
          world,
          act: () => act(asked, attempt),
          decline: (error) => decline(asked, attempt, error),
        });
        return undefined;
      });
    },
    lookUp: async (asked, attempt) => {
      const weather: Weather = stormy() ? world.pick(deck) : 'fine';
      return exchange(world, attempt, (reply) => {
        if (refused(asked.connection)) return reply.failed(new ConnectionError('401'), 1, 50);
        if (weather === 'fine') {
          const found = requests.some((request) => request.key === attempt.key && request.effect);
          return reply.good(found ? { id: asked.subject } : undefined, 1, 50);
        }
        if (weather === 'rejected') return reply.failed(new PermanentError('404'), 1, 50);
        if (weather === 'no answer') return undefined;
        return reply.failed(new RetryableError('429', { retryAfterMs: 2000 }), 1, 50);
      });
    },
  };
}

interface Reply {
  good(output: unknown, low: number, high: number): void;
  failed(error: Error, low: number, high: number): void;
}

interface Answering {
  readonly reply: Reply;
  readonly world: World;
  readonly act: () => unknown;
  readonly decline: (error: Error) => Error;
}

function answer(weather: Weather, { reply, world, act, decline }: Answering): void {
  const acts: Partial<Record<Weather, () => void>> = {
    slow: () => reply.good(act(), 5000, 40_000),
    busy: () => reply.failed(decline(new RetryableError('429', { retryAfterMs: world.between(0, 20_000) })), 1, 50),
    down: () => reply.failed(decline(new RetryableError('503')), 1, 50),
    rejected: () => reply.failed(decline(new PermanentError('400')), 1, 50),
    'answer lost': () => {
      act();
      reply.failed(new Error('ECONNRESET'), 1, 900);
    },
    'no answer': () => void (world.chance(0.5) && act()),
    late: () => {
      world.schedule(null, world.between(100, 9000), '', () => void act());
      if (world.chance(0.7)) reply.failed(new Error('ECONNRESET'), 1, 900);
    },
    unclear: () => {
      if (world.chance(0.5)) act();
      reply.failed(new UnknownOutcomeError('500'), 1, 50);
    },
    broken: () => {
      act();
      reply.failed(new TypeError('a plugin tripped over the answer'), 1, 50);
    },
  };
  const other = acts[weather];
  if (other) other();
  else reply.good(act(), 1, 200);
}

/** A request travels, arrives even when its sender has died meanwhile, and its answer travels back to the process that asked. */
function exchange(world: World, attempt: Attempt, arrived: (reply: Reply) => void): Promise<unknown> {
  const process = world.owner();
  return new Promise((resolve, reject) => {
    attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason as Error), { once: true });
    const reply: Reply = {
      good: (output, low, high) => void world.schedule(process, world.between(low, high), '', () => resolve(output)),
      failed: (error, low, high) => void world.schedule(process, world.between(low, high), '', () => reject(error)),
    };
    world.schedule(null, world.between(0, 20), '', () => arrived(reply));
  });
}
