// Warns of what is there for nothing: sources, connections and literals nobody uses, and steps that only read what nobody reads.

import type { CheckedFile, CheckedStep, CheckedWorkflow } from './checked.ts';
import type { Expression } from './expression/ast.ts';
import { matchesGlob } from './glob.ts';
import { readsOf } from './references.ts';
import type { Report } from './report.ts';
import type { Value, Written } from './value.ts';

export function warnUnused(file: CheckedFile, report: Report): void {
  warnSources(file, report);
  warnConnections(file, report);
  warnEnv(file, report);
  for (const workflow of file.workflows) warnSteps(workflow, report);
}

function warnSources({ sources, workflows }: CheckedFile, report: Report): void {
  const patterns = new Set(workflows.flatMap(({ on }) => on.map(({ source }) => source)));
  for (const { name, span } of sources) {
    if ([...patterns].some((pattern) => matchesGlob(pattern, name))) continue;
    const hint = `What it sends is kept and does nothing. Name it in "on": "${name}:*".`;
    report.warning('source.unused', span, `no workflow takes an event of source "${name}"`, hint);
  }
}

function warnConnections({ connections, workflows }: CheckedFile, report: Report): void {
  const used = new Set(workflows.flatMap(({ steps }) => steps.map(({ connection }) => connection)));
  for (const { name, connector, span } of connections) {
    if (used.has(name)) continue;
    const actions = Object.keys(connector.actions).map((action) => `${name}.${action}`);
    const hint = `Remove it, or use what it can do: ${actions.join(', ')}.`;
    report.warning('connection.unused', span, `no step uses connection "${name}"`, hint);
  }
}

function warnEnv(file: CheckedFile, report: Report): void {
  const used = new Set<string>();
  for (const expression of expressionsOf(file)) {
    const names = readsOf('env', expression);
    if (names === 'all') return;
    for (const name of names) used.add(name);
  }
  for (const [name, span] of file.envSpans) {
    if (!used.has(name)) report.warning('env.unused', span, `nothing reads "env.${name}"`, 'Remove it.');
  }
}

/** A step that does something is never for nothing, whoever reads its output. */
function warnSteps({ steps }: CheckedWorkflow, report: Report): void {
  if (!steps.some(({ action }) => action.reads === true)) return;
  const used = new Set<string>();
  for (const expression of steps.flatMap(expressionsOfStep)) {
    const names = readsOf('steps', expression);
    if (names === 'all') return;
    for (const name of names) used.add(name);
  }
  for (const { id, action, span } of steps) {
    if (action.reads !== true || used.has(id)) continue;
    const hint = `Read its output in a later step: steps${/^\w+$/.test(id) ? `.${id}` : `["${id}"]`}.output; or remove it.`;
    report.warning('step.unused', span, `step "${id}" only looks something up, and no step reads what it finds`, hint);
  }
}

function expressionsOf({ sources, connections, workflows }: CheckedFile): Expression[] {
  return [
    ...sources.flatMap(({ secrets, settings }) => [...secrets.flatMap(expressionsIn), ...expressionsIn(settings)]),
    ...connections.flatMap(({ settings }) => expressionsIn(settings)),
    ...workflows.flatMap(({ condition, unique, steps }) => [
      ...expressionOf(condition),
      ...expressionOf(unique),
      ...steps.flatMap(expressionsOfStep),
    ]),
  ];
}

function expressionsOfStep({ condition, input }: CheckedStep): Expression[] {
  return [...expressionOf(condition), ...expressionsIn(input)];
}

function expressionOf(written: Written | undefined): Expression[] {
  return written === undefined ? [] : [written.expression];
}

function expressionsIn(value: Value | undefined): Expression[] {
  switch (value?.kind) {
    case 'list':
      return value.items.flatMap(expressionsIn);
    case 'map':
      return [...value.entries.values()].flatMap(expressionsIn);
    case 'expression':
    case 'text':
      return value.template.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.expression]));
    default:
      return [];
  }
}
