import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Happening } from '../../src/core/model.ts';
import { fileOf, say, startRunning, type Running, type Start } from './app.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
const start = async (given: Start) => (running = await startRunning(given));

const crm = 'crm: { uses: toy, with: { name: crm } }';
const held = say('first', 'crm', ', hold: true');
const runIs = (status: string) => (one: Happening) => one.kind === 'run' && one.status === status;
const stepIs = (step: string, status: string) => (one: Happening) =>
  one.kind === 'step' && one.step === step && one.status === status;

describe('an event that no workflow wants', () => {
  it('is ignored by the file of its moment, and the next one is taken by the new file', async () => {
    const file = fileOf({ one: [say('hello')] });
    const one = await start({ files: { 'workflows.yaml': file.replace('truedy:call.ended', 'truedy:call.failed') } });
    expect(await one.post('evt-1')).toBe(204);
    await one.until((happening) => happening.kind === 'event' && happening.workflows.length === 0);
    expect((await one.api('/api/events?status=ignored'))['items']).toMatchObject([
      { type: 'call.ended', status: 'ignored' },
    ]);
    writeFileSync(one.file, file);
    await one.accepted();
    await one.run('evt-2');
    expect(one.world.said).toEqual(['open crm', 'call crm hello']);
  });
});

describe('a run under way', () => {
  it('finishes with the steps it began with', async () => {
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [held, say('old')] }) } });
    expect(await one.post('evt-1')).toBe(204);
    await one.world.begun;
    writeFileSync(one.file, fileOf({ one: [say('new')] }));
    await one.accepted();
    one.world.let();
    await one.until(runIs('succeeded'));
    expect(one.world.said).toEqual(['open crm', 'call crm first', 'call crm old']);
    await one.run('evt-2');
    expect(one.world.said.slice(3)).toEqual(['call crm new']);
  });

  it('is held when its next connection is gone, and goes on when that is back', async () => {
    const both = `${crm}\nmore: { uses: toy, with: { name: more } }`;
    const before = fileOf({ one: [held, say('second', 'more')] }, both);
    const one = await start({ files: { 'workflows.yaml': before } });
    await one.post('evt-1');
    await one.world.begun;
    writeFileSync(one.file, fileOf({ other: [say('x')] }));
    await one.accepted();
    one.world.let();
    await one.until(runIs('held'));
    expect(one.happenings.find(runIs('held'))).toMatchObject({ reason: 'missing' });
    one.forget();
    writeFileSync(one.file, before);
    await one.accepted();
    await one.until(runIs('succeeded'));
    expect(one.world.said).toContain('call more second');
  });

  it('is held when a connection of that name leads to something else', async () => {
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [held, say('second')] }) } });
    await one.post('evt-1');
    await one.world.begun;
    const other = fileOf(
      { one: ['{ id: x, uses: crm.request, with: { method: GET, path: /x } }'] },
      'crm: { uses: http, with: { baseUrl: "http://127.0.0.1:9" } }',
    );
    writeFileSync(one.file, other);
    await one.accepted();
    one.world.let();
    await one.until(runIs('held'));
    one.forget();
    writeFileSync(one.file, fileOf({ one: [say('third')] }));
    await one.accepted();
    await one.until(runIs('succeeded'));
    expect(one.world.said).toContain('call crm second');
  });
});

describe('connections', () => {
  it('that are unchanged are kept as they are', async () => {
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [say('a')] }) } });
    await one.run('evt-1');
    writeFileSync(one.file, fileOf({ one: [say('b')], two: [say('c')] }));
    await one.accepted();
    await one.run('evt-2');
    expect(one.world.said.filter((line) => !line.startsWith('call'))).toEqual(['open crm']);
  });

  it('that are changed are closed when the last attempt that uses them is over', async () => {
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [held] }) } });
    await one.post('evt-1');
    await one.world.begun;
    writeFileSync(one.file, fileOf({ one: [say('b')] }, 'crm: { uses: toy, with: { name: next } }'));
    await one.accepted();
    await one.run('evt-2');
    expect(one.world.said).toEqual(['open crm', 'call crm first', 'open next', 'call next b']);
    one.world.let();
    await one.until(stepIs('first', 'succeeded'));
    await closed(one, 'close crm');
    expect(one.world.said.filter((line) => line.startsWith('close'))).toEqual(['close crm']);
  });

  it('that are removed are closed when nobody uses them, and once', async () => {
    const both = `${crm}\nmore: { uses: toy, with: { name: more } }`;
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [say('a'), say('b', 'more')] }, both) } });
    await one.run('evt-1');
    writeFileSync(one.file, fileOf({ one: [say('a')] }));
    await one.accepted();
    await closed(one, 'close more');
    await one.app.stop();
    expect(one.world.said.filter((line) => line.startsWith('close'))).toEqual(['close more', 'close crm']);
  });

  it('whose credentials were refused are tried again when their settings change', async () => {
    const withToken = (token: string) =>
      fileOf({ one: [say('a')] }, `crm: { uses: toy, with: { name: crm, token: "\${{ secrets.${token} }}" } }`);
    const one = await start({ files: { 'workflows.yaml': fileOf({ one: [say('a')] }) } });
    one.secrets.set('BAD', 'refused').set('GOOD', 'right-token');
    writeFileSync(one.file, withToken('BAD'));
    await one.accepted();
    await one.run('evt-1');
    expect(one.happenings.find(runIs('held'))).toMatchObject({ reason: 'credentials' });
    one.forget();
    writeFileSync(one.file, withToken('GOOD'));
    await one.accepted();
    await one.until(runIs('succeeded'));
  });

  it('get a new secret when somebody asks, though the file is the same', async () => {
    const text = fileOf({ one: [say('a')] }, 'crm: { uses: toy, with: { name: crm, token: "${{ secrets.TOKEN }}" } }');
    const secrets = new Map([['TOKEN', 'refused']]);
    const one = await start({
      files: { 'workflows.yaml': text },
      options: { secret: (name) => secrets.get(name) ?? 'whsec_0123456789abcdef0123456789abcdef' },
    });
    await one.run('evt-1');
    expect(one.happenings.find(runIs('held'))).toMatchObject({ reason: 'credentials' });
    expect(await one.app.reload()).toEqual({ status: 'unchanged' });
    secrets.set('TOKEN', 'right-token');
    expect(await one.app.reload()).toMatchObject({ status: 'accepted', workflows: { changed: [] } });
    await one.until(runIs('succeeded'));
  });
});

describe('webhooks', () => {
  it('are all taken while the file changes again and again', async () => {
    const flow = (word: string) => fileOf({ one: [say(word)] }, `crm: { uses: toy, with: { name: ${word} } }`);
    const one = await start({ files: { 'workflows.yaml': flow('a') }, options: { watch: false } });
    const state = { done: false };
    let changes = 0;
    const changing = (async () => {
      while (!state.done) {
        writeFileSync(one.file, flow(changes % 2 === 0 ? 'b' : 'a'));
        if ((await one.app.reload()).status === 'accepted') changes++;
      }
    })();
    const statuses: number[] = [];
    for (let batch = 0; batch < 15; batch++) {
      statuses.push(
        ...(await Promise.all(Array.from({ length: 20 }, (_, index) => one.post(`evt-${batch}-${index}`)))),
      );
    }
    state.done = true;
    await changing;
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(changes).toBeGreaterThan(3);
    const ended = new Set<string>();
    await one.until((happening) => {
      if (happening.kind === 'run' && happening.status === 'succeeded') ended.add(happening.eventId);
      return ended.size === 300;
    });
    expect(one.world.said.filter((line) => line.startsWith('call'))).toHaveLength(300);
  });
});

/** What the connector says of itself is no happening. */
async function closed({ world }: Running, line: string): Promise<void> {
  while (!world.said.includes(line)) await new Promise((resolve) => setTimeout(resolve, 20));
}
