// Checks `workflows:`: what each takes, its condition, and its steps in their order.

import type { Taken, WorkflowChecking } from './checking.ts';
import type { CheckedWorkflow } from './checked.ts';
import { checkStep } from './check-step.ts';
import { parseDuration } from '../core/settings.ts';
import { alertConfig, alertsTaken } from './alerts.ts';
import { alertSourceName, parsePattern, matchesGlob, type EventPattern } from './glob.ts';
import { child, entriesOf, itemsOf, textOf, type Entry, type Node } from './node.ts';
import { orderSteps } from './order.ts';
import { checkEnv } from './references.ts';
import { stepLimit } from './schema.ts';
import { nearest } from './suggest.ts';
import { readBare, type Reading } from './value.ts';

export function checkWorkflows(node: Node | undefined, checking: WorkflowChecking): CheckedWorkflow[] {
  return [...entriesOf(node)].map(([name, entry]) => checkWorkflow(name, entry, checking));
}

function checkWorkflow(name: string, entry: Entry, checking: WorkflowChecking): CheckedWorkflow {
  const { report, parser, env } = checking;
  const { value } = entry;
  const found: Reading['found'] = (written) => checkEnv(written, env, report);
  const reading: Reading = { report, parser, names: ['event', 'env'], found };
  const onNode = child(value, 'on');
  const on = (onNode?.kind === 'list' ? onNode.items : [onNode]).flatMap((item) => checkOn(item, checking) ?? []);
  if (onNode !== undefined) refuseLoop(name, on, onNode, checking);
  const condition = readBare(child(value, 'if'), reading);
  const unique = readBare(child(value, 'unique'), reading);
  const order = orderSteps(itemsOf(child(value, 'steps')).slice(0, stepLimit), report);
  const checked = order.steps.map((step) => checkStep(step, { ...checking, order }));
  const steps = checked.filter((step) => step.schema !== undefined);
  const unresolved = checked.filter((step) => step.schema === undefined);
  const timeout = textOf(child(value, 'timeout'));
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  const description = textOf(child(value, 'description')) ?? '';
  return { name, description, on, condition, unique, timeoutMs, steps, unresolved, span: entry.key };
}

function checkOn(node: Node | undefined, checking: WorkflowChecking): EventPattern | undefined {
  const { report, sources, declared } = checking;
  const text = textOf(node);
  if (node === undefined || text === undefined || text === '') return undefined;
  const pattern = parsePattern(text);
  const names = [...sources.keys()];
  if (pattern === undefined) {
    const type = /^[\w.*-]+$/.test(text) ? text : 'type';
    report.error(
      'event.pattern',
      node,
      `"${text}" is not "source:type"`,
      `Write ${names.map((name) => `"${name}:${type}"`).join(' or ') || '"source:type"'}.`,
    );
    return undefined;
  }
  const isAlert = pattern.source === alertSourceName;
  const { taken, types } = takenBy(pattern.source, checking);
  if (taken.length === 0) {
    if (declared.sources.has(pattern.source)) return undefined;
    const near = nearest(pattern.source, [...names, alertSourceName]);
    const all = names.length === 0 ? 'Declare it under "sources".' : `Declared: ${names.join(', ')}.`;
    const hint = near === undefined ? all : `Did you mean "${near}:${pattern.type}"?`;
    report.error('event.unknown-source', node, `source "${pattern.source}" is not declared`, hint);
    return undefined;
  }
  if (pattern.type !== '*' && !types.some((type) => matchesGlob(pattern.type, type))) {
    const near = nearest(pattern.type, types);
    const known = types.length === 0 ? '' : `Known: ${types.join(', ')}. `;
    const add = isAlert ? '' : `Add it under "sources.${taken[0]}.events" if it is sent: "${pattern.type}: any".`;
    const hint = near === undefined ? `${known}${add}`.trim() : `Did you mean "${pattern.source}:${near}"?`;
    const message = `source "${pattern.source}" is not known to send "${pattern.type}"`;
    report[isAlert ? 'error' : 'warning']('event.unknown-type', node, message, hint);
  }
  return pattern;
}

/** The sources that a pattern names, and what they are known to send. */
function takenBy(pattern: string, { sources, patterns }: WorkflowChecking): Taken {
  if (pattern === alertSourceName) return { taken: [alertSourceName], types: alertConfig.catalogue.types };
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const named = [...sources.values()].filter(({ name }) => matchesGlob(pattern, name));
  const types = [...new Set(named.flatMap(({ catalogue }) => catalogue.types))];
  const taken = { taken: named.map(({ name }) => name), types };
  patterns.set(pattern, taken);
  return taken;
}

/** Alerts about runs, beside events whose runs may fail: the workflow would be started by its own failure. */
function refuseLoop(name: string, on: readonly EventPattern[], node: Node, { report }: WorkflowChecking): void {
  const alert = alertsTaken(on).find((type) => type.startsWith('run.'));
  if (alert === undefined || on.every(({ source }) => source === alertSourceName)) return;
  const message = `workflow "${name}" would be started by "${alertSourceName}:${alert}" of its own runs`;
  report.error('event.loop', node, message, `Put "${alertSourceName}:${alert}" into a workflow of its own.`);
}
