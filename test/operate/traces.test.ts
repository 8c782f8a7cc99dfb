// One trace for each event, from its delivery to what was sent for it, received by a collector of the test's own.

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRunning, type Running } from './app.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}`, close };
}

const secretWords = 'the summary that nobody else may read';
const sender = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

describe('a trace', () => {
  const exports: { readonly path: string; readonly body: Export; readonly text: string }[] = [];
  const asked: (string | undefined)[] = [];
  let dir: string;
  let spans: readonly Span[];
  let eventIds: readonly string[];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hookline-traces-'));
    const collector = await listen(
      createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const text = Buffer.concat(parts).toString();
          exports.push({ path: request.url ?? '', body: JSON.parse(text) as Export, text });
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        });
      }),
    );
    const service = await listen(
      createServer((request, response) => {
        asked.push(request.headers['traceparent'] as string | undefined);
        response.end('ok');
      }),
    );
    const workflows = `
  calls:
    on: truedy:call.ended
    steps:
      - { id: first, uses: toys.ask, with: { url: ${service.url} } }
      - { id: second, uses: more.call, with: { as: rejected } }`;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ALLOW_PRIVATE: '127.0.0.1' };
    const running: Running = await startRunning(workflows, { dir, env });
    let over = 0;
    const done = running.until((one) => one.kind === 'run' && one.status === 'failed' && ++over === 2);
    const traceparent = `00-${sender.traceId}-${sender.spanId}-01`;
    const first = await running.post(secretWords, 'call-1', undefined, { traceparent });
    const second = await running.post(secretWords, 'call-2');
    await done;
    eventIds = [first, second].map((answer) => answer.headers.get('hookline-event') ?? '');
    await running.stop();
    spans = exports.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    await Promise.all([collector.close(), service.close()]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const named = (name: string, traceId: string) => {
    const found = spans.filter((span) => span.name === name && span.traceId === traceId);
    expect(found, name).toHaveLength(1);
    return found[0] as Span;
  };
  const chain = ['receive truedy', 'match', 'run calls', 'step first', 'attempt toys.ask'];

  it('goes on in the trace of the sender, from delivery to attempt', () => {
    const inTrace = chain.map((name) => named(name, sender.traceId));
    expect(inTrace.map(({ parentSpanId }) => parentSpanId)).toEqual([
      sender.spanId,
      ...inTrace.slice(0, -1).map(({ spanId }) => spanId),
    ]);
    for (const { startTimeUnixNano, endTimeUnixNano } of inTrace)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    expect(named('attempt more.call', sender.traceId).status.code).toBe(2);
    expect(named('run calls', sender.traceId).status.code).toBe(2);
    expect(named('attempt toys.ask', sender.traceId).status.code ?? 0).toBe(0);
  });

  it('is one of its own where the sender has none', () => {
    const own = new Set(spans.map(({ traceId }) => traceId)).difference(new Set([sender.traceId]));
    expect(own.size).toBe(1);
    const [traceId = ''] = own;
    expect(named('receive truedy', traceId).parentSpanId ?? '').toBe('');
    for (const name of chain) named(name, traceId);
  });

  it('is passed on with what an attempt sends', () => {
    const attempt = named('attempt toys.ask', sender.traceId);
    expect(asked).toContain(`00-${sender.traceId}-${attempt.spanId}-01`);
    expect(asked).toHaveLength(2);
  });

  it('names the service, and holds our words and ids but no payload', () => {
    expect(exports.map(({ path }) => path)).toContain('/v1/traces');
    const { resource } = exports[0]?.body.resourceSpans[0] ?? { resource: { attributes: [] } };
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'hookline' } });
    const text = exports.map((one) => one.text).join('');
    for (const id of eventIds) expect(text).toContain(id);
    for (const payload of [secretWords, 'it was told to end', 'whsec_']) expect(text).not.toContain(payload);
  });
});

it('is not made, and not passed on, without a collector', async () => {
  const asked: (string | undefined)[] = [];
  const service = await listen(
    createServer((request, response) => {
      asked.push(request.headers['traceparent'] as string | undefined);
      response.end('ok');
    }),
  );
  const workflows = `
  calls:
    on: truedy:call.ended
    steps:
      - { uses: toys.ask, with: { url: ${service.url} } }`;
  const running = await startRunning(workflows, { env: { ALLOW_PRIVATE: '127.0.0.1' } });
  await running.post('ok', 'call-1', undefined, { traceparent: `00-${sender.traceId}-${sender.spanId}-01` });
  await running.until((one) => one.kind === 'run' && one.status === 'succeeded');
  expect(asked).toEqual([undefined]);
  await running.stop();
  await service.close();
});

it('that no collector takes stops neither a run nor the end', async () => {
  const gone = await listen(createServer());
  await gone.close();
  const workflows = `
  calls:
    on: truedy:call.ended
    steps:
      - { uses: toys.call, with: { as: ok } }`;
  const running = await startRunning(workflows, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: gone.url } });
  expect((await running.post('ok', 'call-1')).status).toBe(204);
  await running.until((one) => one.kind === 'run' && one.status === 'succeeded');
  await running.stop();
}, 30_000);
