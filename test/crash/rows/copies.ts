// Row: one event arrives a thousand times at once.

import { randomUUID } from 'node:crypto';
import { judgeFolder, nothingSent, type Sent } from '../evidence.ts';
import { postCall } from '../hookline.ts';
import { startInside } from '../inside.ts';
import type { Sink } from '../sink.ts';
import { withSetting, type Row } from '../row.ts';

const copies = 1000;

export const flood: Row = {
  name: '1,000 concurrent copies of one event',
  says: 'A sender posts the same event a thousand times at once: every copy is acknowledged, and there is one event, one run of each workflow and one effect of each action.',
  run: async () => {
    const same = await post(copies, () => 'aaaaaaaa-2222-4333-8444-555555555555');
    const different = await post(20, () => randomUUID());
    return {
      figures: { copies, acknowledged: same.answered, events: same.events, effects: same.effects },
      wrong: [...same.wrong, ...expectOne(same)],
      control: {
        what: 'different events are not taken for one',
        failed: different.events !== 1 && different.effects !== 2,
      },
    };
  },
};

function expectOne({ answered, events, effects }: Posted): string[] {
  const wrong = [];
  if (answered !== copies) wrong.push(`${copies - answered} copies were not acknowledged`);
  if (events !== 1) wrong.push(`there are ${events} events`);
  if (effects !== 2) wrong.push(`there were ${effects} effects of two actions`);
  return wrong;
}

interface Posted {
  readonly answered: number;
  readonly events: number;
  readonly effects: number;
  readonly wrong: readonly string[];
}

async function post(count: number, callOf: () => string): Promise<Posted> {
  return withSetting(
    async ({ folder, sink }) => {
      const sent = nothingSent();
      const inside = await startInside(folder);
      const answers = await Promise.all(Array.from({ length: count }, () => postOne(inside.app.url, callOf(), sent)));
      await inside.atRest();
      const { store } = (await inside.api('/status')) as { store: { events: { matched: number } } };
      await inside.app.stop();
      return {
        answered: answers.filter((status) => status === 204).length,
        events: store.events.matched,
        effects: effectsOf(sink),
        wrong: await judgeFolder(folder, sent, sink, inside.errors),
      };
    },
    { actions: ['keyed', 'once'] },
  );
}

async function postOne(url: string, call: string, sent: Sent): Promise<number | null> {
  sent.all.add(call);
  const status = await postCall(url, call);
  if (status === 204) sent.acknowledged.add(call);
  return status;
}

const effectsOf = (sink: Sink) => sink.effects('keyed') + sink.effects('once');
