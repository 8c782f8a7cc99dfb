import { describe, expect, it } from 'vitest';
import source from '../../connectors/truedy/source.ts';
import { signRequest } from '../../src/plugin/signature.ts';
import { startRunning, type Running } from '../operate/app.ts';
import { startEngine, workflow, workflowsOf } from '../run/engine.ts';

const X = '${{';
const summary = 'event.data.call.summary ?? ""';
const workflows = `  good:
    on: truedy:call.ended
    steps:
      - { id: note, uses: more.call, with: { as: fine } }
  template:
    on: truedy:call.ended
    if: ${X} (${summary}) == "template" }}
    steps:
      - id: note
        uses: toys.call
        with:
          as: ${X} text(parseJson(${summary})) }}
  condition:
    on: truedy:call.ended
    if: ${X} (${summary}) == "condition" && parseJson(${summary}) == 1 }}
    steps:
      - { id: note, uses: toys.call, with: { as: fine } }
  refused:
    on: truedy:call.ended
    if: ${X} (${summary}) == "rejected" }}
    steps:
      - id: note
        uses: toys.call
        with:
          as: ${X} ${summary} }}
`;

const ended = (running: Running, workflowName: string, eventId: string) =>
  running.until(
    (one) =>
      one.kind === 'run' &&
      one.workflow === workflowName &&
      one.eventId === eventId &&
      (one.status === 'succeeded' || one.status === 'failed'),
  );

const eventOf = async (running: Running, deliveries: number) => {
  const seen = () => running.happenings.filter((one) => one.kind === 'delivery');
  await running.until(() => seen().length >= deliveries);
  return seen()[deliveries - 1]?.eventId ?? expect.unreachable();
};

async function postRaw(running: Running, id: string, body: Buffer): Promise<number> {
  if (typeof source.scheme !== 'object') throw new Error('the scheme is declarative');
  const secret = 'whsec_0123456789abcdef0123456789abcdef';
  const url = '/webhooks/truedy';
  const signed = signRequest(source.scheme, { body, secret, now: Date.now(), id, url, method: 'POST' });
  const headers = { ...signed, 'content-type': 'application/json' };
  return (await fetch(running.app.url + url, { method: 'POST', body, headers })).status;
}

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a poison event', () => {
  it('fails its own run, and those before and after it succeed', async () => {
    const running = await startRunning(workflows);
    const poisons = { template: 'template', condition: 'condition', rejected: 'refused' };
    let sent = 0;
    for (const [summary, name] of Object.entries(poisons)) {
      for (const one of [`before ${summary}`, summary, `after ${summary}`]) {
        expect((await running.post(one, `id-${(sent += 1)}`)).status).toBe(204);
        const event = await eventOf(running, sent);
        expect(await ended(running, 'good', event), one).toMatchObject({ status: 'succeeded' });
        if (one === summary) expect(await ended(running, name, event), one).toMatchObject({ status: 'failed' });
      }
    }
    await running.stop();
  });

  it('of 1 MiB in many levels is refused or taken, and the next one passes', async () => {
    const running = await startRunning(workflows);
    const deep = Buffer.from(nested(170_000));
    expect(await postRaw(running, 'deep', deep)).toBe(400);
    const sample = JSON.stringify(
      source.events['call.ended']?.samples['nested']?.({ id: 'wide', at: '2026-11-23T12:00:00.000Z' }),
    );
    const filling = `[${Array.from({ length: 3300 }, () => nested(50)).join(',')}]`;
    const wide = Buffer.from(sample.replace(/^\{/, `{"filling":${filling},`));
    expect(wide.length).toBeGreaterThan(950_000);
    expect(await postRaw(running, 'wide', wide)).toBe(204);
    expect((await running.post('next', 'next')).status).toBe(204);
    for (const number of [2, 3]) {
      expect(await ended(running, 'good', await eventOf(running, number))).toMatchObject({ status: 'succeeded' });
    }
    await running.stop();
  });

  it('whose matching throws is ignored alone', async () => {
    const made = workflowsOf(workflow('one', [{ id: 'a' }]));
    let matched = 0;
    const match: typeof made.match = (event) => {
      matched += 1;
      if (matched === 2) throw new Error('the matcher is broken');
      return made.match(event);
    };
    const engine = await startEngine(() => ({ ...made, match }));
    const events = [await engine.event(), await engine.event(), await engine.event()] as const;
    await engine.until(events[0], 'succeeded');
    await engine.until(events[2], 'succeeded');
    const { status } = (await engine.store.event(events[1])) ?? expect.unreachable();
    expect(status).toBe('ignored');
    await engine.stop();
  });
});
