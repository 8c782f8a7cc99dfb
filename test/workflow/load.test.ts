import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { readySources } from '../../src/receive/ready.ts';
import { eventOf, head, inSteps, inWorkflow, load, ready, scopeOf } from './catalog.ts';

const X = '${{';
const steps = 'steps: [{ uses: chat.say-it, with: { room: a } }]';
const none = (name: string): string => {
  throw new HostError('secret.empty', { name });
};

describe('a loaded file', () => {
  it('keeps its name, text and the hash of the text', async () => {
    const text = inWorkflow(`on: phone:call.ended\n${steps}`);
    const workflows = await ready(text);
    expect(workflows).toMatchObject({ file: 'w.yaml', text });
    expect(workflows.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await ready(`\ufeff${text}`)).hash).not.toBe(workflows.hash);
  });

  it('is refused for an error and let through with a warning', async () => {
    const text = inWorkflow(`on: phone:call.new\n${steps}`);
    expect(await load(text)).toMatchObject({ problems: [{ severity: 'warning' }], workflows: { file: 'w.yaml' } });
    expect((await load(text.replace('chat.', 'chta.'))).workflows).toBeNull();
  });

  it('has how long each source knows content, where it says so', async () => {
    const text = inWorkflow(`on: phone:call.ended\n${steps}`);
    const sourceOf = async (keep: string) => {
      const { sources } = await ready(text.replace('uses: phone, secrets', `uses: phone, ${keep}secrets`));
      const redactor = { add: () => undefined };
      return [sources.get('phone'), readySources({ sources }, { secret: () => 'secret', redactor }).get('phone')];
    };
    for (const one of await sourceOf('keepContentKeys: 10m, '))
      expect(one).toMatchObject({ keepContentKeysMs: 600_000 });
    for (const one of await sourceOf('')) expect(one).not.toHaveProperty('keepContentKeysMs');
    const { problems } = await load(
      text.replace('uses: phone, secrets', 'uses: phone, keepContentKeys: 10 min, secrets'),
    );
    expect(problems.map(({ message, at }) => `${at.line}:${at.column} ${message}`)).toEqual([
      '3:51 "sources.phone.keepContentKeys" must be a duration such as 500ms, 30s, 5m, 24h or 30d',
    ]);
  });

  it('has what the steps say, in durations of milliseconds', async () => {
    const workflows = await ready(
      inWorkflow(
        `on: phone:call.ended\ntimeout: 2h\ndescription: All of it.\nsteps:\n  - id: a\n    uses: desk.save-note\n    with: { title: a }\n    timeout: 500ms\n    retry: { attempts: 4, within: 1d, firstDelay: 2s, maxDelay: 5m }\n    onError: continue\n  - uses: web.call\n    onDoubt: retry\n    needs: []\n    with: { url: b }`,
      ),
    );
    const workflow = workflows.workflows.get('one');
    expect(workflow).toMatchObject({
      name: 'one',
      description: 'All of it.',
      timeoutMs: 7_200_000,
      at: { line: 6, column: 3 },
    });
    expect(workflow?.steps).toMatchObject([
      {
        id: 'a',
        connection: 'desk',
        actionName: 'save-note',
        timeoutMs: 500,
        retry: { attempts: 4, withinMs: 86_400_000, firstDelayMs: 2000, maxDelayMs: 300_000 },
        onError: 'continue',
        onDoubt: 'hold',
        needs: [],
        at: { line: 12, column: 15 },
      },
      { id: 'call', connection: 'web', onError: 'fail', onDoubt: 'retry', needs: [], retry: {} },
    ]);
  });

  it('lets a step without needs wait for all steps above it', async () => {
    const step = (id: string, needs = '') => `- { id: ${id}, uses: chat.say-it, with: { room: a }${needs} }`;
    const text = inSteps(
      [step('a'), step('b'), step('c', ', needs: [a]'), step('d'), step('e', ', needs: []')].join('\n'),
    );
    const found = (await ready(text)).workflows.get('one')?.steps.map(({ id, needs }) => `${id}: ${needs.join(' ')}`);
    expect(found).toEqual(['a: ', 'b: a', 'c: a', 'd: a b c', 'e: ']);
  });

  it('lets a step read every step that is done by then, through needs too', async () => {
    const text = inSteps(
      `- { id: c, uses: chat.say-it, needs: [b], with: { room: "${X} steps.a.output.id + steps.b.status }}" } }\n- { id: a, uses: chat.say-it, needs: [], with: { room: a } }\n- { id: b, uses: chat.say-it, needs: [a], with: { room: b } }`,
    );
    const scope = scopeOf({}, { a: { status: 'succeeded', output: { id: '1' } }, b: { status: 'skipped' } });
    expect((await ready(text)).workflows.get('one')?.steps[0]?.input(scope)).toEqual({
      ok: true,
      value: { room: '1skipped' },
    });
  });
});

describe('a connection', () => {
  const text = (settings: string) =>
    head.replace('with: { url: https://notes.example.com }', `concurrency: 2, rate: 30/min, with: ${settings}`) +
    `  one: { on: phone:call.ended, ${steps} }\n`;

  it('fills in secrets when it is opened, not before', async () => {
    const workflows = await ready(
      text(`{ url: "https://${X} env.OWNER }}", port: 1, token: "t-${X} secrets.TOKEN }}-${X} secrets.SALT }}" }`),
    );
    const desk = workflows.connections.get('desk');
    expect(desk).toMatchObject({
      secretNames: ['TOKEN', 'SALT'],
      plainSettings: { url: 'https://owner@example.com', port: 1 },
      concurrency: 2,
      rate: { count: 30, perMs: 60_000 },
      at: { line: 4, column: 16 },
    });
    expect(desk?.resolve((name) => name.toLowerCase())).toEqual({
      url: 'https://owner@example.com',
      port: 1,
      token: 't-token-salt',
    });
    expect(() => desk?.resolve(none)).toThrow('secret "TOKEN" is not set or empty');
  });

  it('says where settings cannot be filled in, without the secret', async () => {
    const workflows = await ready(text(`{ url: "https://${X} number(secrets.TOKEN) }}" }`));
    try {
      workflows.connections.get('desk')?.resolve(() => 'hidden');
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('"connections.desk.with.url" cannot be filled in at w.yaml:4:93');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hidden"');
    }
  });

  it('is made for a connector without required settings that steps use by its own name', async () => {
    const workflows = await ready(text('{ url: "https://a.example" }'));
    expect([...workflows.connections.keys()]).toEqual(['desk', 'chat']);
    expect(workflows.connections.get('chat')?.resolve(none)).toEqual({});
  });
});

describe('a source', () => {
  it('has its secrets and settings', async () => {
    const line = `phone: { uses: phone, secrets: ["${X} secrets.NEW }}", "${X} secrets.OLD }}"], with: { region: eu } }`;
    const workflows = await ready(
      head.replace(/phone: \{.*\} \}/, `${line} }`) + `  one: { on: phone:call.ended, ${steps} }\n`,
    );
    const phone = workflows.sources.get('phone');
    expect(phone).toMatchObject({ name: 'phone', secretNames: ['NEW', 'OLD'] });
    expect(phone?.resolve((name) => `${name}!`)).toEqual({ secrets: ['NEW!', 'OLD!'], settings: { region: 'eu' } });
  });

  it('has an empty secret, which start-up refuses, where the file gives none', async () => {
    const text = head.replace('LIMIT: 3', 'LIMIT: null').replace('secrets.PHONE', 'env.LIMIT');
    const workflows = await ready(`${text}  one: { on: phone:call.ended, ${steps} }\n`);
    expect(workflows.sources.get('phone')?.resolve(none)).toMatchObject({ secrets: [''] });
  });

  it('may send types that the file adds', async () => {
    const events =
      'events: { call.analyzed: any, call.scored: { type: object, properties: { score: { type: number } } } }';
    const text =
      head.replace('uses: phone,', `uses: phone, ${events},`) +
      `  one: { on: [phone:call.analyzed, phone:call.scored], ${steps} }\n`;
    const { workflows, problems } = await load(text);
    expect(problems).toEqual([]);
    const catalogue = workflows?.sources.get('phone')?.catalogue;
    expect(catalogue?.types).toEqual(['call.started', 'call.ended', 'batch.done', 'call.analyzed', 'call.scored']);
    expect(catalogue?.schema('call.analyzed')).toEqual({});
    expect(catalogue?.schema('call.scored')?.properties).toEqual({ score: { type: 'number' } });
    expect(catalogue?.schema('constructor')).toBeUndefined();
    expect(workflows?.match(eventOf({}, 'call.analyzed'))).toHaveLength(1);
  });
});
