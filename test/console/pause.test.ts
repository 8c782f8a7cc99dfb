// A paused workflow in a whole Hookline: it takes events, makes no call, and goes on where it stopped.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttentionAnswer } from '../../src/console/api/attention.ts';
import type { ConnectionsAnswer } from '../../src/console/api/connections.ts';
import type { OverviewAnswer } from '../../src/console/api/overview.ts';
import type { RunDetail } from '../../src/console/api/run-view.ts';
import type { WhyAnswer } from '../../src/console/api/why.ts';
import type { WorkflowsAnswer } from '../../src/console/api/workflows.ts';
import type { Happening } from '../../src/core/model.ts';
import { startRunning, token, type Running } from '../operate/app.ts';

/** Answers when the test lets it, and remembers what was asked. */
interface World {
  readonly url: string;
  readonly asked: string[];
  /** What is waited for from now on. */
  hold(): void;
  let(): void;
  close(): Promise<unknown>;
}

async function openWorld(): Promise<World> {
  const asked: string[] = [];
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    void gate.promise.then(() => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    hold: () => void (gate = Promise.withResolvers<void>()),
    let: () => gate.resolve(),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const flows = (url: string) => `
  two-steps:
    on: truedy:call.ended
    steps:
      - { id: first, uses: toys.ask, with: { url: "${url}/first" } }
      - { id: second, uses: more.ask, with: { url: "${url}/second" } }
  other:
    on: truedy:call.ended
    steps:
      - { id: only, uses: toys.ask, with: { url: "${url}/other" } }
`;

let world: World;
let dir: string;
let running: Running;
const start = () => startRunning(flows(world.url), { dir, env: { ALLOW_PRIVATE: '127.0.0.1/32', CHECK_EVERY: '1h' } });

beforeEach(async () => {
  world = await openWorld();
  dir = mkdtempSync(join(tmpdir(), 'hookline-pause-'));
  running = await start();
});
afterEach(async () => {
  world.let();
  await running.stop();
  await world.close();
  rmSync(dir, { recursive: true, force: true });
});

async function post(path: string): Promise<{ status: number; answer: unknown }> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(running.app.adminUrl + path, { method: 'POST', headers });
  return { status: response.status, answer: await response.json() };
}
const get = async <T>(path: string) => (await (await running.get(path)).json()) as T;
const is = (workflow: string, status: string) => (one: Happening) =>
  one.kind === 'run' && one.workflow === workflow && one.status === status;
const runOf = async (workflow: string) => {
  const { items } = await get<{ items: { id: string }[] }>(`/api/runs?workflow=${workflow}`);
  return get<RunDetail>(`/api/runs/${items[0]?.id ?? 'none'}`);
};

describe('a paused workflow', () => {
  it('takes events and makes no call, while the others go on; resumed, it makes them', async () => {
    expect((await post('/api/workflows/two-steps/pause')).answer).toMatchObject({
      name: 'two-steps',
      pausedSince: expect.any(String) as string,
    });
    expect((await running.post('x', 'call-1')).status).toBe(204);
    await Promise.all([running.until(is('two-steps', 'held')), running.until(is('other', 'succeeded'))]);
    expect(world.asked).toEqual(['/other']);
    expect(await runOf('two-steps')).toMatchObject({ status: 'held', reason: 'paused', connection: '' });

    expect((await post('/api/workflows/two-steps/resume')).answer).toEqual({ name: 'two-steps', pausedSince: null });
    await running.until(is('two-steps', 'succeeded'));
    expect(world.asked).toEqual(['/other', '/first', '/second']);
  });

  it('finishes the attempt under way, and holds before the next step', async () => {
    world.hold();
    await running.post('x', 'call-1');
    await expect.poll(() => world.asked.length).toBe(2);
    await post('/api/workflows/two-steps/pause');
    world.let();
    await running.until(is('two-steps', 'held'));
    const { steps } = await runOf('two-steps');
    expect(steps.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
      ['first', 'succeeded', 1],
      ['second', 'held', 0],
    ]);
    await post('/api/workflows/two-steps/resume');
    await running.until(is('two-steps', 'succeeded'));
    expect(world.asked.filter((path) => path === '/first')).toHaveLength(1);
  });

  it('stays paused over a restart, and is resumed after it', async () => {
    await post('/api/workflows/two-steps/pause');
    await running.post('x', 'call-1');
    await running.until(is('two-steps', 'held'));
    await running.stop();
    running = await start();
    await running.post('x', 'call-2');
    await running.until(is('two-steps', 'held'));
    expect(world.asked).not.toContain('/first');
    await post('/api/workflows/two-steps/resume');
    const ended = () => running.happenings.filter(is('two-steps', 'succeeded')).length;
    await expect.poll(ended, { timeout: 10_000 }).toBe(2);
  });

  it('does not go on when a connection of it is paused and resumed', async () => {
    await post('/api/workflows/two-steps/pause');
    await running.post('x', 'call-1');
    await running.until(is('two-steps', 'held'));
    const before = running.happenings.filter(is('two-steps', 'held')).length;
    for (const name of ['toys', 'more'])
      for (const verb of ['pause', 'resume']) await post(`/api/connections/${name}/${verb}`);
    await running.post('x', 'call-2');
    await expect.poll(() => running.happenings.filter(is('two-steps', 'held')).length).toBe(before + 1);
    expect(world.asked).not.toContain('/first');
  });

  it('can be resumed after it left the file; one that never was there is not found', async () => {
    await post('/api/workflows/two-steps/pause');
    await running.post('x', 'call-1');
    await running.until(is('two-steps', 'held'));
    const file = join(dir, 'workflows.yaml');
    const { text } = (await get<{ live: { text: string } }>('/api/config')).live;
    writeFileSync(file, text.replace(/ {2}two-steps:[\s\S]*(?= {2}other:)/, ''));
    await running.until((one) => one.kind === 'config' && one.workflows.removed.includes('two-steps'));
    expect((await post('/api/workflows/two-steps/resume')).status).toBe(200);
    await running.until(is('two-steps', 'succeeded'));
    expect((await post('/api/workflows/nothing/pause')).status).toBe(404);
    expect((await post('/api/workflows/two-steps/pause')).status).toBe(404);
  });

  it('is told by why, runs, attention, overview and the workflows, and is no connection', async () => {
    await post('/api/workflows/two-steps/pause');
    await running.post('x', 'call-1');
    const event = await running.until((one) => one.kind === 'event');
    await running.until(is('two-steps', 'held'));
    if (event.kind !== 'event') throw new Error('no event');

    const { items } = await get<WorkflowsAnswer>('/api/workflows');
    expect(items.map(({ name, pausedSince }) => [name, pausedSince === null])).toEqual([
      ['two-steps', false],
      ['other', true],
    ]);
    const why = await get<WhyAnswer>(`/api/events/${event.eventId}/why`);
    expect(why.workflows.map(({ name, pausedSince }) => [name, pausedSince === null])).toContainEqual([
      'two-steps',
      false,
    ]);
    expect(await get<AttentionAnswer>('/api/attention')).toMatchObject({
      groups: [{ reason: 'paused', workflow: 'two-steps', connection: '', message: 'the workflow is paused' }],
    });
    const overview = await get<OverviewAnswer>('/api/overview');
    expect(overview).toMatchObject({ pausedWorkflows: ['two-steps'], attention: { paused: 1 } });
    expect(overview.connections.map(({ name }) => name)).toEqual(['more', 'toys']);
    const { items: connections } = await get<ConnectionsAnswer>('/api/connections');
    expect(connections.map(({ name }) => name)).toEqual(['more', 'toys']);
    expect(await get('/api/runs?reason=paused')).toMatchObject({ items: [{ workflow: 'two-steps' }] });
  });
});
