// Data cannot leave its place in a path or a query.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import salesforce from '../../../connectors/salesforce/index.ts';
import { parseSoql, likeMatcher } from '../../../connectors/salesforce/sandbox-soql.ts';
import { writeQuery, type Condition } from '../../../connectors/salesforce/soql.ts';
import { openRig, type Rig } from '../../conformance/harness.ts';

let rig: Rig;
let account = '';
beforeAll(async () => {
  rig = await openRig({ connector: salesforce });
  const { outcome } = await rig.call('create-record', { object: 'Account', record: { Name: 'Victim' } });
  account = (outcome as { output: { id: string } }).output.id;
});
afterAll(() => rig.close());
const victim = () => rig.sandbox.list().find((item) => item.id === account)?.fields['Name'];

describe('an external id', () => {
  const upsert = (value: string, field = 'External_Id__c') =>
    rig.call('upsert-record', { object: 'Account', externalId: { field, value }, record: { Name: 'Mallory' } });

  it('cannot reach another record through the path', async () => {
    const value = `x/../../../Account/${account}`;
    const { outcome, effects } = await upsert(value);
    expect(outcome.status).toBe('succeeded');
    expect(effects).toBe(1);
    expect(victim()).toBe('Victim');
    expect(rig.sandbox.list().at(-1)?.fields['External_Id__c']).toBe(value);
  });

  it.each(['.', '..', '\ud800', ''])('that a URL cannot carry is refused without a request: %j', async (value) => {
    const before = rig.proxy.requests;
    expect(await upsert(value)).toMatchObject({ outcome: { status: 'rejected' }, effects: 0 });
    expect(rig.proxy.requests).toBe(before);
  });

  it.each(['../Account', 'External_Id__c/x', 'a b', ''])('cannot stand in a field named %j', async (field) => {
    const before = rig.proxy.requests;
    expect(await upsert('x', field)).toMatchObject({ outcome: { status: 'rejected' }, effects: 0 });
    expect(rig.proxy.requests).toBe(before);
  });
});

it.each([
  ['upsert-record', { externalId: { field: 'External_Id__c', value: 'x' }, record: {} }],
  ['create-record', { record: {} }],
  ['update-record', { id: '001000000000001AAA', record: {} }],
  ['find', { conditions: [{ field: 'Id', op: 'not empty' }] }],
])('%s refuses an object name that is a path', async (action, input) => {
  const before = rig.proxy.requests;
  const { outcome } = await rig.call(action, { ...input, object: 'Task/../Account' });
  expect(outcome).toMatchObject({ status: 'rejected', error: { name: 'PermanentError' } });
  expect(rig.proxy.requests).toBe(before);
});

it.each(['Id', 'id', 'type', 'attributes', 'a b', "x'"])('a record cannot have a field named %j', async (name) => {
  const { outcome } = await rig.call('create-record', { object: 'Account', record: { Name: 'x', [name]: 'y' } });
  expect(outcome).toMatchObject({ status: 'rejected', error: { name: 'PermanentError' } });
});

describe('a value of a condition', () => {
  const find = (value: unknown, op = '=') =>
    rig.call('find', { object: 'Account', conditions: [{ field: 'Name', op, value }] });

  it.each(["x' OR Name != '", '\\', "\\' OR Name != '", "x\\' OR Name LIKE '%", '%', '_ictim', 'Victim\u0000'])(
    'matches nothing but itself: %j',
    async (value) => {
      for (const op of ['=', 'contains', 'starts with']) {
        const { outcome } = await find(value, op);
        expect(outcome).toMatchObject({ status: 'succeeded', output: { records: [], total: 0 } });
      }
    },
  );

  it.each<{ value: unknown }>([
    { value: { $like: '%' } },
    { value: ['%'] },
    { value: null },
    { value: undefined },
    { value: { toString: 'x' } },
  ])('of no plain type is refused: $value', async ({ value }) => {
    const before = rig.proxy.requests;
    expect((await find(value)).outcome).toMatchObject({ status: 'rejected' });
    expect(rig.proxy.requests).toBe(before);
  });

  it('finds the record when it is its name', async () => {
    expect((await find('Victim')).outcome).toMatchObject({ status: 'succeeded', output: { total: 1 } });
  });
});

const text = fc.string({
  unit: fc.constantFrom("'", '\\', '%', '_', '\n', '\0', '"', 'a', ' ', 'u0027', '\u2028', '😀'),
});
const query = (condition: Condition) =>
  writeQuery({ object: 'Account', fields: ['Id'], conditions: [condition], limit: 1 });

it('any text comes out of a query as it went in', () => {
  fc.assert(
    fc.property(text, (value) => {
      const { where } = parseSoql(query({ field: 'Name', op: '=', value }));
      expect(where).toMatchObject({ kind: 'test', field: 'Name', op: '=', values: [{ value }] });
    }),
  );
});

it('any text is found by itself and by a part of itself, and by nothing else', () => {
  fc.assert(
    fc.property(text, text, text, (before, value, other) => {
      fc.pre(value !== '');
      const { where } = parseSoql(query({ field: 'Name', op: 'contains', value }));
      const literal = where?.kind === 'test' ? where.values[0] : undefined;
      const matches = likeMatcher(literal?.kind === 'text' ? literal.raw : '');
      expect(matches(`${before}${value}`)).toBe(true);
      expect(matches(other)).toBe(other.toLowerCase().includes(value.toLowerCase()));
    }),
  );
});

it.each<Partial<Condition>>([
  { field: 'Name = null OR Name' },
  { op: '= null OR Name =' as '=' },
  { type: 'date', value: "2026-01-01' OR Name != '" },
  { type: 'datetime', value: '2026-01-01T00:00:00Z OR Name != null' },
  { value: Number.NaN },
  { op: 'in', value: [] },
])('a condition of another form is refused: %j', (part) => {
  expect(() => query({ field: 'Name', op: '=', value: 'x', ...part })).toThrow(/Salesforce field|operator|needs/);
});
