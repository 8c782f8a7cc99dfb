// The OpenAPI document is one that other programs can read, and says something of everything.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeApi } from '../../src/console/api/openapi.ts';
import type { AdminParts } from '../../src/console/api/parts.ts';
import { summaries } from '../../src/console/api/summaries.ts';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
  readonly description?: string;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}
interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media>>;
  readonly security?: readonly object[];
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

let document: Document;
let operations: readonly (Operation & { readonly name: string; readonly path: string })[];
beforeAll(async () => {
  const nothing = {} as AdminParts;
  document = JSON.parse(JSON.stringify(await describeApi(nothing))) as Document;
  operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, one]) => ({ ...one, name: `${verb.toUpperCase()} ${path}`, path })),
  );
});

const schemasOf = ({ parameters = [], requestBody, responses }: Operation) => [
  ...parameters.map(({ schema }) => schema),
  ...[requestBody, ...Object.values(responses)].flatMap((media) =>
    Object.values(media?.content ?? {}).map(({ schema }) => schema),
  ),
];

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names only what it declares', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({
      title: 'Hookline',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    const declared = Object.keys(document.components.securitySchemes);
    for (const one of document.security) expect(declared).toEqual(expect.arrayContaining(Object.keys(one)));
    expect(JSON.stringify(document)).not.toContain('$ref');
  });

  it('tells of each route what it does, and each has its line', () => {
    const told = operations.map(({ name }) => name.replace(/\{(\w+)\}/g, ':$1'));
    expect(told.toSorted()).toEqual(Object.keys(summaries).toSorted());
    expect(operations.filter(({ summary = '' }) => !/^[A-Z].*\.$/.test(summary)).map(({ name }) => name)).toEqual([]);
  });

  it('tells how a browser signs in, who it is, and how it signs out: all of them without a token', () => {
    const session = operations.filter(({ path }) => path.startsWith('/api/session'));
    expect(session.map(({ name }) => name).toSorted()).toEqual([
      'GET /api/session',
      'POST /api/session',
      'POST /api/session/end',
    ]);
    expect(operations.filter(({ security }) => security?.length === 0)).toEqual(session);
    for (const { responses } of session) {
      const answer = responses['200']?.content?.['application/json']?.schema;
      expect(answer).toMatchObject({ required: ['role', 'sandbox'] });
      const valid = new Ajv2020({ strict: false }).compile(answer ?? false);
      expect(
        [
          { role: 'viewer', sandbox: false },
          { role: null, sandbox: true },
        ].map((one) => valid(one)),
      ).toEqual([true, true]);
      expect(valid({ role: 'admin', sandbox: false })).toBe(false);
    }
    const asked = session.find(({ name }) => name === 'POST /api/session')?.requestBody;
    expect(asked?.content?.['application/json']?.schema).toMatchObject({ required: ['token'] });
    expect(document.components.securitySchemes['session']).toMatchObject({ type: 'apiKey', in: 'cookie' });
  });

  it('declares every name in an address, each parameter once, each with a description', () => {
    for (const { name, path, parameters = [] } of operations) {
      const inPath = parameters.filter((one) => one.in === 'path');
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
      expect([name, inPath.map((one) => one.name)]).toEqual([name, named]);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      const keys = parameters.map((one) => `${one.in} ${one.name}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const one of parameters) expect([name, one.name, one.description]).not.toContain(undefined);
    }
  });

  it('gives each route the form of its answer and of its failures', () => {
    for (const { name, responses } of operations) {
      expect([name, Object.keys(responses)]).toEqual([name, ['200', '4XX', '5XX']]);
      for (const { content, description } of Object.values(responses)) {
        expect([name, description]).not.toContain(undefined);
        expect(Object.values(content ?? {}).map(({ schema }) => typeof schema)).toEqual(['object']);
      }
    }
  });

  it('has bodies only where something is posted, with a description of each field', () => {
    for (const { name, requestBody } of operations) {
      if (requestBody === undefined) continue;
      expect(name).toMatch(/^POST /);
      const [{ schema } = {}] = Object.values(requestBody.content ?? {});
      const { properties = {} } = schema as { properties?: Record<string, { description?: string }> };
      const bare = Object.entries(properties).flatMap(([field, { description }]) =>
        description === undefined ? [`${name} ${field}`] : [],
      );
      expect(bare).toEqual([]);
    }
  });

  it('holds only schemas of JSON Schema 2020-12, which 3.1 asks for', () => {
    const ajv = new Ajv2020({ strict: false });
    for (const operation of operations)
      for (const schema of schemasOf(operation)) {
        if (schema === undefined) throw new Error(`${operation.name} has a part without a schema`);
        expect([operation.name, ajv.validateSchema(schema)]).toEqual([operation.name, true]);
      }
    // A schema that is none is found.
    expect(ajv.validateSchema({ type: 'text' })).toBe(false);
  });
});
