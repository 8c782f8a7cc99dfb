// One code path: for every sample of every source that ships, and for broken variants of them, `try` and `why` say
// what the engine then did with the same event: who took it, why not, each step's input, each failure with its place.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../src/app.ts';
import type { EventDetail } from '../../src/console/api/events.ts';
import type { RunDetail } from '../../src/console/api/run-view.ts';
import type { RunsAnswer } from '../../src/console/api/runs.ts';
import type { WhyAnswer } from '../../src/console/api/why.ts';
import { createClient, type Client } from '../../src/cli/client.ts';
import { fixedSeed } from '../../src/plugin/define.ts';
import { try as tryEvent } from '../../src/cli/try.ts';
import { findConnectors } from '../../src/connect/find.ts';
import { createLog, createRedactor } from '../../src/core/log.ts';
import { readSettings } from '../../src/core/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { AcceptDelivery } from '../../src/store/store.ts';
import { say } from './terminal.ts';

const file = `version: 1
env: { LIMIT: 60, CHANNEL: "#calls" }
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.A }}"] }
  github: { uses: github, secrets: ["\${{ secrets.A }}"] }
  stripe: { uses: stripe, secrets: ["\${{ secrets.A }}"] }
  slack: { uses: slack, secrets: ["\${{ secrets.A }}"] }
connections:
  ops: { uses: slack, with: { token: "\${{ secrets.A }}" } }
  web: { uses: http, with: { baseUrl: https://api.example.com } }
workflows:
  every:
    on: "*:*"
    steps:
      - { id: post, uses: ops.post-message, with: { channel: "\${{ env.CHANNEL }}", text: "\${{ event.type }} <!channel>" } }
      - id: copy
        uses: web.request
        needs: []
        with: { method: PUT, path: "/\${{ event.source }}/\${{ event.type }}", json: { data: "\${{ event.data }}", time: "\${{ event.time }}" } }
      - id: answer
        uses: ops.post-message
        needs: [post]
        with: { channel: "\${{ steps.post.output.channel }}", text: "in \${{ steps.post.output.ts }}" }
      - { id: count, uses: web.request, with: { method: POST, path: /n, json: { keys: "\${{ json(event.body) }}", after: "\${{ steps.answer.status }}" } } }
  once:
    on: ["truedy:call.*", "truedy:batch.*"]
    unique: event.data.call.callId
    steps: [{ uses: web.request, with: { method: GET, path: "/\${{ event.data.call.callId ?? event.type }}" } }]
  long:
    on: truedy:call.ended
    if: |
      event.data.call.endReason != "unjoined" &&
      event.data.call.duration > env.LIMIT
    steps:
      - id: log
        uses: web.request
        with: { method: PUT, path: /calls, json: { to: "\${{ event.data.call.metadata.contactId }}", took: "\${{ formatDuration(event.data.call.duration) }}" } }
      - id: tell
        uses: ops.post-message
        if: event.data.call.agent.name.startsWith("Front")
        onError: continue
        with: { channel: "#calls", text: "\${{ event.data.call.summary ?? event.data.call.metadata.nothing }}" }
      - { id: last, uses: web.request, with: { method: GET, path: "/\${{ steps.tell.status }}/\${{ steps.log.output.status == null }}" } }
  short:
    on: truedy:call.ended
    if: (event.data.call.duration ?? 0) <= 60
    steps: [{ uses: ops.post-message, with: { channel: "#calls", text: short } }]
  failing:
    on: "truedy:*.failed"
    if: event.data.call.metadata.campaign.length > 3
    steps:
      - { id: broken, uses: ops.post-message, with: { channel: "#calls", text: "\${{ event.data.call.metadata.nothing }}" } }
      - { id: never, uses: ops.post-message, with: { channel: "#calls", text: after } }
      - { id: beside, uses: ops.post-message, needs: [], with: { channel: "#calls", text: "\${{ event.data.call.callId }}" } }
  pushed:
    on: github:push
    unique: event.data.after
    if: event.data.ref == "refs/heads/main" && event.data.commits.some(commit => commit.message.includes("Answer"))
    steps: [{ uses: web.request, with: { method: POST, path: /push, json: "\${{ event.data.commits.map(commit => commit.id) }}" } }]
  opened: { on: github:issues.opened, if: event.data.issue.number > 1, steps: [{ uses: web.request, with: { method: GET, path: "/\${{ event.data.issue.number }}" } }] }
  paid:
    on: "stripe:*"
    if: '["usd", "eur"].includes(event.data.object.currency) && event.data.object.amount / 100 >= 40'
    steps: [{ uses: web.request, with: { method: POST, path: /paid, json: { amount: "\${{ event.data.object.amount / 100 }}" } } }]
  mentioned:
    on: slack:app_mention
    if: event.data.channel == "C0001" && event.data.thread_ts == null
    steps: [{ uses: ops.post-message, with: { channel: "\${{ event.data.channel }}", thread_ts: "\${{ event.data.ts }}", text: "\${{ event.data.text }}" } }]
`;

const token = 'a-token-of-the-tests-with-some-length';
const secret = 'whsec_0123456789abcdef0123456789abcdef';
const start = Date.UTC(2026, 0, 15, 10, 30);
const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`;
/** Broken variants of each sample. */
const variants = 3;

interface Input {
  readonly source: string;
  readonly type: string;
  readonly body: unknown;
}

async function samples(): Promise<readonly Input[]> {
  const found = await findConnectors({ pluginsDir: '/nonexistent' });
  const all = found.sourceNames.map(async (name) => {
    const source = await found.source(name);
    return Object.entries(source?.events ?? {}).flatMap(([type, event]) =>
      Object.values(event.samples).map((sample) => ({ source: name, type, body: sample(fixedSeed) })),
    );
  });
  return (await Promise.all(all)).flat();
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

/** The value with another one at the path; undefined removes it. */
function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const inner = (value as Record<string, unknown>)[key];
  const next = changed(inner, rest, to);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? (next ?? null) : item));
  const { [key]: _, ...others } = value as Record<string, unknown>;
  return next === undefined ? others : { ...others, [key]: next };
}

function variantsOf({ source, type, body }: Input, seed: number): readonly Input[] {
  const odd = fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'other',
    'C0001',
    '2026-01-15',
    0,
    -1,
    61,
    1e9,
    true,
    [],
    ['a'],
    {},
    { a: 1 },
  );
  const change = fc.tuple(fc.constantFrom(...pathsIn(body)), odd);
  const made = fc.sample(fc.array(change, { minLength: 1, maxLength: 3 }), { numRuns: variants, seed });
  return made.map((changes) => {
    const next = changes.reduce<unknown>((value, [path, to]) => {
      try {
        return changed(value, path, to);
      } catch {
        return value;
      }
    }, body);
    return { source, type, body: next };
  });
}

function delivery({ source, type, body }: Input, number: number): AcceptDelivery {
  return {
    deliveryId: idOf('dlv', number),
    eventId: idOf('evt', number),
    source,
    type,
    key: String(number),
    rule: 'test',
    time: number % 3 === 0 ? null : '2026-01-15T10:29:00.000Z',
    receivedAt: start + number,
    keepUntil: start + 1e12,
    headers: [],
    body: Buffer.from(JSON.stringify(body)),
  };
}

interface Tried {
  readonly workflows: readonly {
    readonly name: string;
    readonly is: 'taken' | 'false' | 'other-event';
    readonly unique?: string | null;
    readonly on?: readonly string[];
    readonly failure?: { message: string; at: Place } | null;
    readonly term?: { text: string; at: Place; values: readonly unknown[] } | null;
    readonly steps: readonly TriedStep[];
  }[];
}
interface TriedStep {
  readonly id: string;
  readonly is: 'calls' | 'skipped' | 'fails' | 'open';
  readonly input?: unknown;
  readonly note: string | null;
  readonly failure: { message: string; at: Place } | null;
}
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
const name = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

let cwd: string;
let app: App;
let client: Client;
let events: readonly AcceptDelivery[];
/** Event and workflow, as the engine told it. */
const withoutRun = new Set<string>();
/** What was compared, so that nothing is proved by comparing nothing. */
const compared: Record<string, number> = {};
const count = (what: string) => (compared[what] = (compared[what] ?? 0) + 1);

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-one-path-'));
  await writeFile(join(cwd, 'workflows.yaml'), file);
  const inputs = (await samples()).flatMap((sample, index) => [sample, ...variantsOf(sample, index)]);
  events = inputs.map(delivery);
  const store = await openSqliteStore({ dir: join(cwd, 'data') });
  for (const settled of await store.accept(events)) expect(settled.ok).toBe(true);
  await store.close();
  let look: () => void = () => undefined;
  app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0' }),
    dataDir: join(cwd, 'data'),
    file: join(cwd, 'workflows.yaml'),
    pluginsDir: join(cwd, 'plugins'),
    sandbox: true,
    secret: () => secret,
    adminToken: token,
    redactor: createRedactor(),
    log: createLog({ level: 'error', redactor: createRedactor(), destination: { write: () => undefined } }),
    clock: Date.now,
    notify: (happening) => {
      if (happening.kind === 'event')
        for (const workflow of happening.withoutRun ?? []) withoutRun.add(`${happening.eventId} ${workflow}`);
      look();
    },
    onProblems: (problems) => {
      for (const { severity, at, message } of problems)
        if (severity === 'error') throw new Error(`${at.line}:${at.column} ${message}`);
    },
  });
  client = createClient({ url: app.adminUrl, token });
  for (;;) {
    const happened = new Promise<void>((resolve) => {
      look = resolve;
    });
    const { store: stats } = (await client.get('/api/status')) as {
      store: Record<'events' | 'runs', Record<string, number>>;
    };
    const open = [stats.events['pending'], ...['pending', 'running', 'waiting'].map((status) => stats.runs[status])];
    if (open.every((number) => number === 0)) break;
    await happened;
  }
}, 240_000);
afterAll(async () => {
  await app.stop();
  await rm(cwd, { recursive: true });
});

/** Texts that stood for outputs, replaced by the outputs there then were. */
function withOutputs(input: unknown, run: RunDetail): unknown {
  if (input === undefined) return undefined;
  const text = JSON.stringify(input).replaceAll(/«steps\.([\w-]+)\.output\.(\w+)»/g, (_, id: string, field: string) => {
    const output = run.steps.find((step) => step.id === id)?.output as Record<string, unknown> | undefined;
    return String(output?.[field]);
  });
  return JSON.parse(text) as unknown;
}

function compareSteps(steps: readonly TriedStep[], run: RunDetail): void {
  expect(run.steps.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
  // What `try` cannot know: that a service says no, and what follows from it.
  const refused = run.steps.some(({ status, attempts }) => status === 'failed' && attempts > 0);
  if (refused) return void count('refused by the service');
  for (const step of steps) {
    const real = run.steps.find(({ id }) => id === step.id);
    count(step.is);
    if (step.is === 'skipped') {
      expect([real?.status, real?.note]).toEqual(['skipped', step.note]);
    } else if (step.is === 'fails') {
      expect([real?.status, real?.attempts, real?.error?.message]).toEqual(['failed', 0, step.failure?.message]);
      expect(real?.error?.at).toBe(step.failure && name(step.failure.at));
    } else if (step.is === 'calls' || real?.attempts !== 0) {
      expect([real?.status, real?.attempts]).toEqual(['succeeded', 1]);
      expect(real?.input).toEqual(withOutputs(step.input, run));
    }
  }
}

async function compareEvent(eventId: string, firstUnique: Map<string, string>): Promise<void> {
  const { out } = await say(tryEvent, [eventId, '--json'], {
    cwd,
    env: { HOOKLINE_URL: app.adminUrl, ADMIN_TOKEN: token },
  });
  const tried = (JSON.parse(out) as Tried).workflows;
  const why = (await client.get(`/api/events/${eventId}/why`)) as WhyAnswer;
  const event = (await client.get(`/api/events/${eventId}`)) as EventDetail;
  const { items } = (await client.get('/api/runs', { event: eventId })) as RunsAnswer;
  expect(event.workflows).toEqual(tried.filter(({ is }) => is === 'taken').map((one) => one.name));
  expect(why.config).toMatchObject({ certain: true, live: true });
  expect(why.workflows.map((one) => one.name)).toEqual(tried.map((one) => one.name));
  for (const [index, one] of tried.entries()) {
    const verdict = why.workflows[index];
    const summary = items.find(({ workflow }) => workflow === one.name);
    if (one.is === 'taken') {
      expect(verdict?.unique).toBe(one.unique ?? null);
      const key = one.unique == null ? undefined : `${one.name} ${one.unique}`;
      const holder = key === undefined ? undefined : firstUnique.get(key);
      expect(withoutRun.has(`${eventId} ${one.name}`)).toBe(holder !== undefined);
      if (holder !== undefined) {
        count('unique');
        expect([verdict?.verdict, summary, verdict?.holder?.event]).toEqual(['unique', undefined, holder]);
        continue;
      }
      if (key !== undefined) firstUnique.set(key, eventId);
      expect(verdict?.verdict).toBe('taken');
      const run = (await client.get(`/api/runs/${summary?.id ?? ''}`)) as RunDetail;
      if (one.failure) {
        count('failure');
        expect([run.status, run.error?.message, run.error?.at]).toEqual([
          'failed',
          one.failure.message,
          name(one.failure.at),
        ]);
      } else compareSteps(one.steps, run);
    } else {
      count(one.is);
      expect([verdict?.verdict, summary]).toEqual([one.is, undefined]);
      if (one.is === 'other-event') expect(verdict?.on).toEqual(one.on);
      else expect(verdict?.term).toEqual(one.term && { ...one.term, at: name(one.term.at) });
    }
  }
}

describe('try, why and the engine', () => {
  it('say and do the same with every event', async () => {
    const firstUnique = new Map<string, string>();
    for (const { eventId } of events) await compareEvent(eventId, firstUnique);
    expect(events.length).toBeGreaterThan(80);
    for (const what of ['calls', 'skipped', 'fails', 'false', 'other-event', 'failure', 'unique'])
      expect(compared[what], what).toBeGreaterThan(1);
    expect(compared['refused by the service'] ?? 0).toBeLessThan(events.length / 4);
  }, 240_000);
});
