// Truedy's catalogue: schemas and samples that agree with each other.

import { Ajv, type SchemaObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import truedy from '../../../connectors/truedy/source.ts';
import type { Schema } from '../../../src/plugin/index.ts';
import { find } from './truedy.ts';

describe('the catalogue of Truedy', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const cases = Object.entries(truedy.events).flatMap(([type, event]) =>
    Object.entries(event.samples).map(([shape, sample]) => ({ type, shape, event, sample })),
  );
  const seed = { id: '3f0c8a52-6a1e-4c53-9a70-0f5de0f4a111', at: '2026-03-01T10:00:00.000Z' };

  it('has every documented event in both shapes', () => {
    expect(cases.map(({ type, shape }) => `${type} ${shape}`)).toEqual(
      [
        'call.started',
        'call.joined',
        'call.ended',
        'call.failed',
        'call.billed',
        'batch.status.changed',
        'batch.completed',
        'voice.training.completed',
        'voice.training.failed',
      ].flatMap((type) => [`${type} nested`, `${type} flat`]),
    );
  });

  it.each(cases)('describes the body and the data of its own sample: $type $shape', ({ type, event, sample }) => {
    const body = JSON.parse(JSON.stringify(sample(seed))) as unknown;
    expect(ajv.validate(event.body as SchemaObject, body), ajv.errorsText()).toBe(true);
    const found = find(body);
    expect(found.type).toBe(type);
    expect(found.time).toBe(seed.at);
    expect(ajv.validate(close(event.data), found.data), ajv.errorsText()).toBe(true);
  });

  it.each(cases)('refuses the sample without its ids: $type $shape', ({ type, event, sample }) => {
    const body = JSON.parse(
      JSON.stringify(sample(seed), (name, value: unknown) =>
        /^(call|batch|voice)_?id$/i.test(name) ? undefined : value,
      ),
    ) as unknown;
    expect(ajv.validate(event.body as SchemaObject, body)).toBe(false);
    expect(ajv.validate(close(event.data), find(body).data)).toBe(false);
    expect(find(body).type).toBe(type);
  });

  it('is the same for the same seed, and another for another', () => {
    for (const { sample } of cases) {
      expect(sample(seed)).toEqual(sample(seed));
      expect(find(sample({ ...seed, id: 'another' })).key).not.toBe(find(sample(seed)).key);
    }
  });

  it('ends its sample call with all that the example workflow reads, in both shapes', () => {
    for (const shape of ['nested', 'flat']) {
      const { call } = find(truedy.events['call.ended']?.samples[shape]?.(seed)).data;
      expect(call).toMatchObject({ callId: seed.id, duration: 142, endReason: 'hangup' });
      expect((call?.['agent'] as { agentId?: unknown } | undefined)?.agentId).toBeTypeOf('string');
      expect(String(call?.['summary']).length).toBeGreaterThan(40);
    }
  });
});

/** The schema as the checker reads it: an object takes only the fields it names, unless it says otherwise. */
function close(schema: Schema): SchemaObject {
  const { properties, ...rest } = schema;
  if (properties === undefined) return rest;
  const closed = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, close(field)]));
  return { additionalProperties: false, ...rest, properties: closed };
}
