// Senders under load: several at once, each event posted until it is acknowledged or the process is gone.

import { randomUUID } from 'node:crypto';
import { postCall } from './hookline.ts';
import type { Sent } from './evidence.ts';

export interface Load {
  /** Answers by status; 0: the connection broke. */
  readonly answers: Map<number, number>;
  stop(): Promise<void>;
}

/** New events, `senders` at a time, until it is stopped; each sender pauses after an answer. */
export function startLoad(url: string, sent: Sent, senders: number, pauseMs = 0): Load {
  const answers = new Map<number, number>();
  const stopped = new AbortController();
  const send = async () => {
    while (!stopped.signal.aborted) {
      const call = randomUUID();
      sent.all.add(call);
      const status = (await postCall(url, call)) ?? 0;
      answers.set(status, (answers.get(status) ?? 0) + 1);
      if (status === 204) sent.acknowledged.add(call);
      const waitMs = status === 204 ? pauseMs : Math.max(pauseMs, 5);
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  };
  const running = Array.from({ length: senders }, send);
  return {
    answers,
    stop: async () => {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

/** Posts what has no acknowledgement again, as its sender would. Returns how many are still refused. */
export async function sendAgain(url: string, sent: Sent): Promise<number> {
  let refused = 0;
  for (const call of sent.all) {
    if (sent.acknowledged.has(call)) continue;
    if ((await postCall(url, call)) === 204) sent.acknowledged.add(call);
    else refused += 1;
  }
  return refused;
}
