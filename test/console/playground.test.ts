// The playground in a whole Hookline: what a pasted text may cost, and what it is tried on.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckAnswer, SamplesAnswer, TryAnswer } from '../../src/console/api/playground-schema.ts';
import type { WorkflowDetail } from '../../src/console/api/workflows.ts';
import { fileOf, startRunning, token, type Running } from '../operate/app.ts';

const flow = `  refunds:
    description: Tells of refunds.
    on: truedy:call.ended
    if: event.data.call.summary.includes("refund")
    steps:
      # A comment of the first step.
      - { id: tell, uses: toys.call, with: { as: "\${{ event.data.call.summary }}" } }

  last:
    on: truedy:call.ended
    steps:
      - { id: only, uses: more.call, with: { as: ok } }
`;

let running: Running;
beforeAll(async () => {
  running = await startRunning(flow);
});
afterAll(() => running.stop());

async function post(path: string, body: object): Promise<{ status: number; answer: never }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(running.app.adminUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, answer: (await response.json()) as never };
}
const check = (text: string) =>
  post('/api/playground/check', { text }) as Promise<{ status: number; answer: CheckAnswer }>;
const tryOn = (body: object) =>
  post('/api/playground/try', { text: fileOf(flow), ...body }) as Promise<{ status: number; answer: TryAnswer }>;
const get = async <T>(path: string) => (await (await running.get(path)).json()) as T;

/** Nine levels of nine aliases each: 387 million nodes once they are followed. */
const levels = 'abcdefghi'.split('');
const bomb = ['version: 1', 'env:', '  a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    levels.slice(1).map(
      (name, at) =>
        `  ${name}: &${name} [${Array(9)
          .fill(`*${levels[at] ?? ''}`)
          .join(', ')}]`,
    ),
  )
  .join('\n');
const wide = `version: 1\nenv:\n${Array.from({ length: 20_000 }, (_, key) => `  K${key}: 1`).join('\n')}\n`;
const deep = `version: 1\nenv: ${'['.repeat(50_000)}`;

describe('a text that is made to be hard', () => {
  it.each([
    ['a bomb of aliases', bomb],
    ['very many keys', wide],
    ['very deep lists', deep],
  ])('is answered all the same: %s', async (_, text) => {
    expect(text.length).toBeLessThan(262_144);
    const { status, answer } = await check(text);
    if (status === 200) expect(answer.problems.length).toBeGreaterThan(0);
    else expect([status, answer]).toMatchObject([400, { error: { message: expect.stringContaining('takes longer') } }]);
    // Neither the receiver nor the next text pays for it.
    expect((await running.post('no', `after-${text.length}`)).status).toBe(204);
    expect((await check(fileOf(flow))).answer).toEqual({ problems: [], workflows: ['refunds', 'last'] });
  });

  it('is refused when it is larger than a file may be', async () => {
    expect((await check('#'.repeat(262_145))).status).toBe(400);
    expect((await check('#'.repeat(262_144))).status).toBe(200);
  });
});

describe('a text', () => {
  it('is told of with its problems and their places', async () => {
    const { answer } = await check(fileOf(flow).replace('toys.call', 'toyz.call'));
    expect(answer).toMatchObject({ workflows: [], problems: [{ severity: 'error', line: 14 }] });
  });

  it('is tried on a body that somebody pastes, on a sample and on an event that is stored', async () => {
    const { items } = await get<SamplesAnswer>('/api/playground/samples');
    const sample = items.find(({ type }) => type === 'call.ended');
    if (sample === undefined) throw new Error('no sample');
    const verdicts = ({ tried }: TryAnswer) => tried.map(({ name, verdict }) => [name, verdict]);
    const pasted = structuredClone(sample) as typeof sample & { body: { data: { call: { summary: string } } } };
    pasted.body.data.call.summary = 'wants a refund';
    const { answer } = await tryOn(pasted);
    expect(verdicts(answer)).toEqual([
      ['refunds', 'taken'],
      ['last', 'taken'],
    ]);
    expect(answer.tried[0]?.steps).toMatchObject([{ id: 'tell', is: 'calls', input: { as: 'wants a refund' } }]);
    pasted.body.data.call.summary = 'all is well';
    expect(verdicts((await tryOn(pasted)).answer)[0]).toEqual(['refunds', 'false']);

    await running.post('a refund, please', 'stored-1');
    const event = await running.until((one) => one.kind === 'event' && one.workflows.includes('refunds'));
    if (event.kind !== 'event') throw new Error('no event');
    expect(verdicts((await tryOn({ event: event.eventId })).answer)[0]).toEqual(['refunds', 'taken']);
    expect((await tryOn({ event: 'evt_00000000000000000000000000' })).status).toBe(404);
  });

  it('keeps nothing and sends nothing', async () => {
    const before = await get<{ items: unknown[] }>('/api/events?limit=200');
    const attempts = running.happenings.filter(({ kind }) => kind === 'attempt').length;
    await tryOn({ source: 'truedy', type: 'call.ended', body: { data: { call: { summary: 'refund' } } } });
    expect((await get<{ items: unknown[] }>('/api/events?limit=200')).items).toHaveLength(before.items.length);
    expect(running.happenings.filter(({ kind }) => kind === 'attempt')).toHaveLength(attempts);
  });
});

describe('the lines of a workflow', () => {
  it('are those of the workflow, with their comments, and no other', async () => {
    const [first, last] = await Promise.all(
      ['refunds', 'last'].map((name) => get<WorkflowDetail>(`/api/workflows/${name}`)),
    );
    const lines = flow.split('\n');
    expect([first?.line, first?.text]).toEqual([8, lines.slice(0, 7).join('\n')]);
    expect([last?.line, last?.text]).toEqual([16, lines.slice(8, 12).join('\n')]);
    expect((await running.get('/api/workflows/nothing')).status).toBe(404);
  });
});
