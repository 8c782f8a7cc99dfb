// A block of the docs that shows a part of a workflow file → the whole file: what it uses and does not show is as in the example.

import { parse, stringify } from 'yaml';

/** Section → where one of its names is used. */
const sections = {
  env: (name: string) => `env\\.${name}\\b`,
  sources: (name: string) => `\\b${name}:[a-z*]`,
  connections: (name: string) => `uses: ${name}\\.`,
} as const;

/** `example`: the text of the example file. A part that is a list is the steps of one workflow. */
export function completeFile(part: string, example: string): string {
  const given = part.startsWith('-') ? inWorkflow(part) : part;
  const shown = parse(given) as Record<string, Record<string, unknown> | undefined>;
  const base = parse(example) as Record<string, Record<string, unknown>>;
  const lines = ['version: 1'];
  const workflows = shown['workflows'] === undefined ? stringify(base['workflows']) : '';
  let text = given;
  for (const [name, use] of Object.entries(sections)) {
    const missing = Object.entries(base[name] ?? {}).filter(([key]) => {
      return !Object.hasOwn(shown[name] ?? {}, key) && new RegExp(use(key)).test(given + workflows);
    });
    const entries = indent(stringify(Object.fromEntries(missing)), 2);
    if (missing.length === 0) continue;
    if (shown[name] === undefined) lines.push(`${name}:\n${entries}`);
    else text = text.replace(new RegExp(`^${name}:\\n`, 'm'), (head) => `${head}${entries}\n`);
  }
  if (workflows !== '') lines.push(`workflows:\n${indent(workflows, 2)}`);
  return `${lines.join('\n')}\n${text}`;
}

function inWorkflow(steps: string): string {
  return `workflows:\n  example:\n    on: truedy:call.ended\n    steps:\n${indent(steps, 6)}`;
}

function indent(text: string, depth: number): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, ' '.repeat(depth));
}
