// One JSON Schema (draft-07) of a workflow file for editors: its own connections and sources, and the input of every action.

import type { Action, Connector, Schema, Source } from '../plugin/index.ts';
import { orExpression, plain, type Json } from './editor-values.ts';
import { closed } from './input-schema.ts';
import { fileSchema } from './schema.ts';

/** What the file declares and what may be declared. */
export interface EditorParts {
  /** Declared sources with their event types, those that the file adds among them. */
  readonly sources: readonly { readonly name: string; readonly types: readonly string[]; readonly source: Source }[];
  /** Declared connections. */
  readonly connections: readonly { readonly name: string; readonly connector: Connector }[];
  /** Everything there is, by the name that `uses` takes. */
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly presets: ReadonlyMap<string, Source>;
}

export function editorSchema(parts: EditorParts): Json {
  const { env, version, sources, connections, workflows } = fileSchema.properties;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      version: plain(version),
      env: plain(env),
      sources: { ...plain(sources), additionalProperties: sourceSchema(parts) },
      connections: { ...plain(connections), additionalProperties: connectionSchema(parts) },
      workflows: { ...plain(workflows), additionalProperties: workflowSchema(parts) },
    },
    required: fileSchema.required,
    additionalProperties: false,
    definitions: {
      // Without descriptions: an editor would show them in place of the field's own.
      expression: { type: 'string', pattern: '^\\s*\\$\\{\\{[\\s\\S]*\\}\\}\\s*$' },
      template: { type: 'string', pattern: '\\$\\{\\{' },
    },
  };
}

const noSettings: Schema = { type: 'object', properties: {} };

function sourceSchema({ presets }: EditorParts): Json {
  const { source } = partSchemas();
  const branches = [...presets].map(([name, { settings }]) => withFor([name], settings ?? noSettings));
  return choose(source, describeAll(presets), branches);
}

function connectionSchema({ connectors }: EditorParts): Json {
  const { connection } = partSchemas();
  const branches = [...connectors].map(([name, { settings }]) => withFor([name], settings));
  return choose(connection, describeAll(connectors), branches);
}

function describeAll(parts: ReadonlyMap<string, { readonly description: string }>): ReadonlyMap<string, string> {
  return new Map([...parts].map(([name, { description }]) => [name, description]));
}

function workflowSchema(parts: EditorParts): Json {
  const { workflow, step } = partSchemas();
  const base = plain(workflow);
  const properties = base['properties'] as Json;
  const on = patternSchema(parts);
  return {
    ...base,
    properties: {
      ...properties,
      on: {
        description: workflow.properties?.['on']?.description,
        anyOf: [on, { type: 'array', items: on, minItems: 1 }],
      },
      steps: { ...(properties['steps'] as Json), items: stepSchema(step, parts) },
    },
  };
}

/** The schemas of the file's parts, closed. */
function partSchemas(): { source: Schema; connection: Schema; workflow: Schema; step: Schema } {
  const { properties = {} } = closed(fileSchema);
  const inside = (name: string) => properties[name]?.additionalProperties as Schema;
  const workflow = inside('workflows');
  return {
    source: inside('sources'),
    connection: inside('connections'),
    workflow,
    step: workflow.properties?.['steps']?.items ?? {},
  };
}

/** An entry of `on`: the known events for completion, and any pattern of a declared source. */
function patternSchema({ sources }: EditorParts): Json {
  const known = sources.flatMap(({ name, types, source }) =>
    types.map((type) => [`${name}:${type}`, source.events[type]?.description ?? ''] as const),
  );
  const names = sources.map(({ name }) => name).join('|');
  const text = {
    type: 'string',
    pattern: names === '' ? '^[^:\\s]+:\\S+$' : `^(${names}|[^:\\s]*\\*[^:\\s]*):\\S+$`,
    patternErrorMessage: 'Must be "source:type" of a declared source; * stands for any characters.',
  };
  return known.length === 0 ? text : { anyOf: [choices(new Map(known)), text] };
}

function stepSchema(step: Schema, { connections, connectors }: EditorParts): Json {
  const declared = new Set(connections.map(({ name }) => name));
  const bare = [...connectors]
    .filter(([name, { settings }]) => !declared.has(name) && (settings.required ?? []).length === 0)
    .map(([name, connector]) => ({ name, connector }));
  const uses = new Map<string, string>();
  const byAction = new Map<Action, string[]>();
  for (const { name, connector } of [...connections, ...bare]) {
    for (const [actionName, action] of Object.entries(connector.actions)) {
      const call = `${name}.${actionName}`;
      uses.set(call, action.description);
      byAction.set(action, [...(byAction.get(action) ?? []), call]);
    }
  }
  return choose(
    step,
    uses,
    [...byAction].map(([action, calls]) => withFor(calls, action.input)),
  );
}

/** A part of the file whose `uses` is one of these, which then says what stands under `with`. */
function choose(schema: Schema, uses: ReadonlyMap<string, string>, branches: readonly Json[]): Json {
  const base = plain(schema);
  if (uses.size === 0) return base;
  const properties = base['properties'] as Json;
  const description = schema.properties?.['uses']?.description;
  return { ...base, properties: { ...properties, uses: { description, ...choices(uses) } }, allOf: branches };
}

function choices(values: ReadonlyMap<string, string>): Json {
  return { type: 'string', enum: [...values.keys()], enumDescriptions: [...values.values()] };
}

function withFor(uses: readonly string[], schema: Schema): Json {
  const needed = (schema.required ?? []).length > 0 ? { required: ['with'] } : {};
  return implies(
    { properties: { uses: { enum: uses } }, required: ['uses'] },
    // The map itself is written out: no expression may stand for it.
    { properties: { with: orExpression(closed(schema), 'inside') }, ...needed },
  );
}

/** The draft's own words for an implication, kept apart so that a schema is not taken for a promise. */
const words = { condition: 'if', consequence: 'then' } as const;

function implies(condition: Json, consequence: Json): Json {
  return { [words.condition]: condition, [words.consequence]: consequence };
}
