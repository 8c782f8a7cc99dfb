// One JSON Schema (draft-07) of the test file for editors: the workflows and steps there are, and what their actions put out.

import type { Schema } from '../plugin/index.ts';
import type { Step, Workflow, Workflows } from './compile.ts';
import { plain, type Json } from './editor-values.ts';
import { closed } from './input-schema.ts';
import { testFileSchema } from './test-schema.ts';

export function testEditorSchema({ workflows, sources }: Workflows): Json {
  const { tests } = testFileSchema.properties;
  const test = tests.additionalProperties;
  const { event, answers, matches, expect } = test.properties;
  const all = [...workflows.values()];
  const samples = [...sources.values()].flatMap(({ name, source }) => {
    return Object.keys(source.events).map((type) => `${name}:${type}`);
  });
  const properties = {
    ...test.properties,
    event: { ...event, properties: { ...event.properties, sample: { ...event.properties.sample, enum: samples } } },
    answers: { ...byName(all, answersOf), description: answers.description },
    matches: { ...matches, items: { type: 'string', enum: [...workflows.keys()] } },
    expect: { ...byName(all, expectationOf), description: expect.description },
  } as const satisfies Record<string, Schema>;
  const one: Schema = { ...test, properties };
  const file: Schema = {
    ...testFileSchema,
    properties: { ...testFileSchema.properties, tests: { ...tests, additionalProperties: one } },
  };
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...plain(closed(file)) };
}

function byName<T extends { readonly name: string } | Step>(
  items: readonly T[],
  schemaOf: (item: T) => Schema,
): Schema {
  const entries = items.map((item) => ['name' in item ? item.name : item.id, schemaOf(item)] as const);
  return { type: 'object', properties: Object.fromEntries(entries) };
}

function answersOf({ steps, description }: Workflow): Schema {
  return { ...byName(steps, answerOf), description };
}

function answerOf({ action }: Step): Schema {
  const { anyOf } =
    testFileSchema.properties.tests.additionalProperties.properties.answers.additionalProperties.additionalProperties;
  const [words, one] = anyOf;
  const output = (about: string): Schema => ({ ...action.output, description: about });
  const { succeeded, found, happened } = one.properties;
  const known: Schema = {
    ...one,
    properties: {
      ...one.properties,
      succeeded: output(succeeded.description),
      found: output(found.description),
      happened: output(happened.description),
    },
  };
  const each = [words, known];
  return { description: action.description, anyOf: [...each, { type: 'array', items: { anyOf: each }, minItems: 1 }] };
}

function expectationOf({ steps, description }: Workflow): Schema {
  const [words, one] =
    testFileSchema.properties.tests.additionalProperties.properties.expect.additionalProperties.anyOf;
  const { steps: any } = one.properties;
  const known = { ...byName(steps, () => any.additionalProperties), description: any.description };
  return { description, anyOf: [words, { ...one, properties: { ...one.properties, steps: known } }] };
}
