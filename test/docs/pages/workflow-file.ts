// The page of the workflow file's keys, from the schema that checks them.

import type { Schema } from '../../../src/plugin/index.ts';
import { fileLimit } from '../../../src/workflow/read.ts';
import { fileSchema, reservedWords } from '../../../src/workflow/schema.ts';
import { code, page, sizeText, table } from '../markdown.ts';
import { fieldsOf } from '../schema-rows.ts';

const { sources, connections, workflows } = fileSchema.properties;

/** Top-level keys alone: what is under their names has a table of its own. */
const top: Schema = {
  ...fileSchema,
  properties: Object.fromEntries(
    Object.entries(fileSchema.properties).map(([name, schema]: [string, Schema]) => [
      name,
      { ...schema, ...(schema.type === 'object' ? { additionalProperties: true } : {}) },
    ]),
  ),
};

const { steps, ...workflowKeys } = workflows.additionalProperties.properties;
const workflow: Schema = {
  ...workflows.additionalProperties,
  properties: { ...workflowKeys, steps: { ...steps, items: { type: 'object' } } },
};

export function workflowFilePage(): string {
  return page(
    '# The workflow file',
    `YAML 1.2, UTF-8, at most ${sizeText(fileLimit)}. A file is taken whole or not at all; \`hookline check\` lists [every problem](problems.md) in one pass. [The guide](../guide/workflows.md) shows how to use each key; what may stand between \`\${{\` and \`}}\` is on the page of [expressions](expressions.md).`,
    keys(top),
    '## `sources.<name>`',
    keys(sources.additionalProperties),
    '## `connections.<name>`',
    keys(connections.additionalProperties),
    '## `workflows.<name>`',
    keys(workflow),
    '## `workflows.<name>.steps[]`',
    keys(steps.items),
    '## Names, durations, reserved words',
    'Names of sources, connections, workflows and steps are letters, digits, `-` and `_`. Durations are written `500ms`, `30s`, `5m`, `24h` or `30d`.',
    `Reserved for a later version, and refused where they would stand: ${[...reservedWords].map(code).join(', ')}.`,
  );
}

function keys(schema: Schema): string {
  return table(
    ['Key', 'Value', 'Default', 'What it is'],
    fieldsOf(schema).map((field) => [
      code(field.path),
      field.type,
      field.required ? '**required**' : field.default,
      field.description,
    ]),
  );
}
