// Rows: the process is killed at named points, at random moments under load, and asked to stop under load.

import { setTimeout as sleep } from 'node:timers/promises';
import { failpointNames } from '../../../src/core/failpoint.ts';
import { judgeFolder, nothingSent, recoverAndJudge, type Sent } from '../evidence.ts';
import { postCall, type Folder } from '../hookline.ts';
import { sendAgain, startLoad } from '../load.ts';
import { actionNames, type Sink } from '../sink.ts';
import { many, withSetting, type Outcome, type Row } from '../row.ts';

const call = '11111111-2222-4333-8444-555555555555';

export const points: Row = {
  name: 'kill -9 at a named point',
  says: 'The process kills itself between insert and commit, commit and answer, begun and send, send and outcome, or before a run is settled, with an action of each effect; the sender tries again what was not acknowledged.',
  inShort: false,
  run: async () => {
    const wrong: string[] = [];
    const chosen = failpointNames.flatMap((point) => actionNames.map((action) => ({ point, action })));
    for (const { point, action } of chosen) {
      const found = await withSetting(
        async ({ folder, sink }) => {
          const sent = nothingSent();
          const hookline = await folder.start({ HOOKLINE_FAILPOINT: point });
          sent.all.add(call);
          if ((await postCall(hookline.url, call)) === 204) sent.acknowledged.add(call);
          const ended = await hookline.ended;
          if (ended !== 'SIGKILL') return [`it ended with ${ended}`];
          return recoverAndJudge(folder, sent, sink);
        },
        { actions: [action] },
      );
      wrong.push(...found.map((line) => `${point}, ${action}: ${line}`));
    }
    return { figures: { kills: chosen.length }, wrong, control: await forgotten() };
  },
};

/** A request that no attempt knows of must be seen. */
async function forgotten() {
  return withSetting(
    async ({ folder, sink }) => {
      const sent = nothingSent();
      const hookline = await folder.start();
      sent.all.add(call);
      if ((await postCall(hookline.url, call)) === 204) sent.acknowledged.add(call);
      await hookline.waitFor((line) => line.msg === 'run' && line['status'] === 'succeeded');
      hookline.kill('SIGTERM');
      await hookline.ended;
      const [first] = sink.requests;
      const more: Sink = { ...sink, requests: [...sink.requests, ...(first ? [{ ...first, attempt: 2 }] : [])] };
      const wrong = await judgeFolder(folder, sent, more);
      return {
        what: 'a vendor tells of one request more than the store knows',
        failed: wrong.some((line) => line.startsWith('I3')),
      };
    },
    { actions: ['once'] },
  );
}

export const random: Row = {
  name: 'kill -9 at random moments under load',
  says: 'Sixteen senders post new events as fast as they are answered; the process is killed and started again on the same folder, over and over, and at the end every sender repeats what was not acknowledged.',
  run: async (size) => {
    const goal = { kills: many(size, 3, 100), acknowledged: many(size, 0, 100_000) };
    const actions = ['keyed'];
    return withSetting(
      async ({ folder, sink }) => {
        const sent = nothingSent();
        let slowest = 0;
        let kills = 0;
        for (; kills < goal.kills; kills++) {
          const began = Date.now();
          const hookline = await folder.start({ LOG_LEVEL: 'info' });
          slowest = Math.max(slowest, Date.now() - began);
          const load = startLoad(hookline.url, sent, 16);
          await sleep(200 + Math.random() * 1000);
          const due = (goal.acknowledged / goal.kills) * (kills + Math.random());
          while (sent.acknowledged.size < due) await sleep(5);
          hookline.kill('SIGKILL');
          await hookline.ended;
          await load.stop();
        }
        const last = await folder.start();
        const refused = await sendAgain(last.url, sent);
        last.kill('SIGTERM');
        const ended = await last.ended;
        const wrong = [
          ...(await recoverAndJudge(folder, sent, sink)),
          ...(refused > 0 ? [`${refused} events were refused`] : []),
          ...(ended === 0 ? [] : [`I6: the stop ended with ${ended}`]),
        ];
        const figures = { kills, 'acknowledged events': sent.acknowledged.size, 'slowest start in ms': slowest };
        return { figures, wrong, control: await invented(folder, sent, sink) };
      },
      { actions },
    );
  },
};

/** An acknowledgement that no store has heard of must be seen. */
async function invented(folder: Folder, sent: Sent, sink: Sink): Promise<Outcome['control']> {
  const more = { all: new Set([...sent.all, call]), acknowledged: new Set([...sent.acknowledged, call]) };
  const wrong = await judgeFolder(folder, more, sink);
  return { what: 'one event more counts as acknowledged', failed: wrong.some((line) => line.startsWith('I1')) };
}

export const terminate: Row = {
  name: 'SIGTERM under load',
  says: 'The process is asked to stop while senders post and attempts are under way: it answers what it has read, ends with code 0, and nothing is in doubt.',
  run: async (size) => {
    const rounds = many(size, 1, 10);
    const wrong: string[] = [];
    let acknowledged = 0;
    for (let round = 0; round < rounds; round++) {
      const found = await stopUnderLoad('SIGTERM');
      acknowledged += found.acknowledged;
      wrong.push(...found.wrong);
    }
    const killed = await stopUnderLoad('SIGKILL');
    return {
      figures: { stops: rounds, 'acknowledged events': acknowledged },
      wrong,
      control: {
        what: 'a kill instead of the request to stop leaves attempts in doubt or another exit code',
        failed: killed.wrong.length > 0,
      },
    };
  },
};

async function stopUnderLoad(signal: NodeJS.Signals) {
  return withSetting(async ({ folder, sink }) => {
    const sent = nothingSent();
    const hookline = await folder.start();
    const load = startLoad(hookline.url, sent, 8);
    await sleep(700);
    hookline.kill(signal);
    const ended = await hookline.ended;
    await load.stop();
    const wrong = [...(await recoverAndJudge(folder, sent, sink))];
    if (ended !== 0) wrong.push(`I6: it ended with ${ended}`);
    if (hookline.stderr() !== '') wrong.push(`I6: it complained: ${hookline.stderr().slice(0, 200)}`);
    return { wrong, acknowledged: sent.acknowledged.size };
  });
}
