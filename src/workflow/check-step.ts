// Checks one step: its action exists, its input fits the action's schema, its expressions read what is there by then.

import { parseDuration } from '../core/settings.ts';
import type { Action, Connector } from '../plugin/index.ts';
import type { CheckedConnection, CheckedStep, UnresolvedStep } from './checked.ts';
import { reportUnknownPart } from './check-connections.ts';
import type { ReadyAction, StepChecking } from './checking.ts';
import type { RetryPolicy } from './compile.ts';
import { weakestEffect } from './effect.ts';
import { reportFaults } from './faults.ts';
import { child, keyOf, textOf, type MapNode, type Node } from './node.ts';
import { warnNumbers } from './numbers.ts';
import type { OrderedStep } from './order.ts';
import { adviseDashes, checkEnv, checkSteps, refuseSecrets } from './references.ts';
import { valueFromFile } from './plain.ts';
import { closed, hasUnion } from './input-schema.ts';
import { nearest } from './suggest.ts';
import { readBare, readValue, type Reading } from './value.ts';
import { validateWritten } from './written.ts';

export function checkStep(step: OrderedStep, checking: StepChecking): CheckedStep | UnresolvedStep {
  const { report } = checking;
  const { node, id, needs } = step;
  const reading = readingOf(id, checking);
  const withNode = child(node, 'with');
  const input = withNode === undefined ? undefined : readValue(withNode, reading);
  const condition = readBare(child(node, 'if'), reading);
  const found = findAction(child(node, 'uses'), checking);
  if (found === undefined) return { id, needs, condition, input };
  const ready = readyAction(found.action, found.name, child(node, 'uses') ?? node, checking);
  if (ready === undefined) return { id, needs, condition, input };
  if (input === undefined || input.kind === 'map') {
    const faults = validateWritten(input, ready.written);
    const owner = child(node, 'uses') ?? node;
    reportFaults(faults, withNode ?? node, keyOf(node, 'with') ?? owner, report, `step "${id}": `);
    if (withNode !== undefined) warnNumbers(withNode, ready.schema, report);
  }
  const { action, connection } = found;
  const effect = weakestEffect(
    action,
    { value: input, schema: action.input },
    { value: connection.settings, schema: connection.connector.settings },
    (template) => valueFromFile(template, checking.env),
  );
  const onDoubt = textOf(child(node, 'onDoubt'));
  checkUseless(node, effect, report);
  return {
    id,
    connection: connection.name,
    connector: connection.connector,
    actionName: found.name,
    action,
    schema: ready.schema,
    validate: ready.rendered,
    effect,
    needs,
    onError: textOf(child(node, 'onError')) === 'continue' ? 'continue' : 'fail',
    onDoubt: onDoubt === 'retry' ? 'retry' : 'hold',
    saysDoubt: onDoubt !== undefined,
    retry: readRetry(child(node, 'retry'), checking),
    timeoutMs: durationOf(child(node, 'timeout')),
    condition,
    input,
    span: child(node, 'uses') ?? node,
  };
}

function readingOf(reader: string, { report, parser, env, order }: StepChecking): Reading {
  const references = { ids: order.ids, reader, before: order.before(reader) };
  return {
    report,
    parser,
    names: ['event', 'steps', 'run', 'env', 'secrets'],
    advise: (source) => adviseDashes(source, order.ids),
    found: (written) => {
      refuseSecrets(written, report);
      checkEnv(written, env, report);
      checkSteps(written, references, report);
    },
  };
}

interface Found {
  readonly connection: CheckedConnection;
  readonly name: string;
  readonly action: Action;
}

/** Resolves `connection.action`. */
function findAction(node: Node | undefined, checking: StepChecking): Found | undefined {
  const { report, connections } = checking;
  const uses = textOf(node);
  if (node === undefined || uses === undefined || uses === '') return undefined;
  const dot = uses.indexOf('.');
  if (dot < 1 || dot === uses.length - 1) {
    const hint = connections.has(uses)
      ? `Write "${uses}.", and one of: ${actionNames(connections.get(uses)?.connector)}.`
      : undefined;
    report.error(
      'step.unknown-action',
      node,
      `"${uses}" is not "connection.action"`,
      hint ?? 'Name a connection and one of its actions, with a dot between.',
    );
    return undefined;
  }
  const connection = findConnection(uses.slice(0, dot), uses.slice(dot + 1), node, checking);
  if (connection === undefined) return undefined;
  const name = uses.slice(dot + 1);
  const { actions } = connection.connector;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return { connection, name, action };
  const near = nearest(name, Object.keys(actions));
  const hint =
    near === undefined
      ? `"${connection.name}" has: ${actionNames(connection.connector)}.`
      : `Did you mean "${connection.name}.${near}"?`;
  report.error('step.unknown-action', node, `action "${uses}" does not exist`, hint);
  return undefined;
}

function actionNames(connector: Connector | undefined): string {
  return Object.keys(connector?.actions ?? {}).join(', ');
}

/** A declared connection, or a connector under its own name when it needs no settings. */
function findConnection(
  name: string,
  action: string,
  node: Node,
  checking: StepChecking,
): CheckedConnection | undefined {
  const { report, connections, parts, declared } = checking;
  const known = connections.get(name);
  if (known !== undefined || declared.connections.has(name)) return known;
  const connector = parts.connectors.get(name);
  if (connector === undefined) {
    if (parts.broken.has(name)) {
      reportUnknownPart({ code: 'connector.unknown', what: 'connector', name, node, candidates: [] }, checking);
      return undefined;
    }
    const near = nearest(name, [...declared.connections, ...parts.connectorNames]);
    const hint =
      near === undefined
        ? `Declared: ${[...declared.connections].join(', ') || 'none'}.`
        : `Did you mean "${near}.${action}"?`;
    report.error('step.unknown-connection', node, `connection "${name}" does not exist`, hint);
    return undefined;
  }
  const required = connector.settings.required ?? [];
  if (required.length > 0) {
    const message = `connector "${name}" cannot be used without a connection: it needs ${required.map((key) => `"${key}"`).join(', ')}`;
    report.error('connector.needs-settings', node, message, 'Declare one under "connections" and use its name here.');
    return undefined;
  }
  const connection = {
    name,
    connector,
    settings: undefined,
    secretSpans: new Map(),
    concurrency: undefined,
    rate: undefined,
    span: node,
  };
  connections.set(name, connection);
  return connection;
}

function readyAction(
  action: Action,
  name: string,
  node: Node,
  { actions, validators, report }: StepChecking,
): ReadyAction | undefined {
  const known = actions.get(action);
  if (known !== undefined) return known;
  try {
    const schema = closed(action.input);
    const rendered = validators.compile(schema);
    const written = hasUnion(schema) ? validators.written(action.input) : rendered;
    const ready = { schema, written, rendered };
    actions.set(action, ready);
    return ready;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report.error(
      'connector.broken',
      node,
      `the input schema of action "${name}" cannot be used: ${why}`,
      'Mend the plugin.',
    );
    return undefined;
  }
}

function checkUseless(node: MapNode, effect: CheckedStep['effect'], report: StepChecking['report']): void {
  const given = child(node, 'onDoubt');
  if (given === undefined || (effect !== 'keyed' && effect !== 'repeatable')) return;
  report.warning(
    'step.useless',
    given,
    `"onDoubt" has no effect here: this action is ${effect}, so it is always tried again`,
    'Remove it.',
  );
}

function readRetry(node: Node | undefined, { report }: StepChecking): RetryPolicy {
  const attempts = child(node, 'attempts');
  const count = attempts?.kind === 'scalar' && typeof attempts.value === 'number' ? attempts.value : undefined;
  const withinMs = durationOf(child(node, 'within'));
  const firstDelayMs = durationOf(child(node, 'firstDelay'));
  const maxDelayMs = durationOf(child(node, 'maxDelay'));
  if (firstDelayMs !== undefined && maxDelayMs !== undefined && firstDelayMs > maxDelayMs) {
    report.error(
      'value.invalid',
      child(node, 'firstDelay') ?? { offset: 0, end: 0, path: '' },
      '"retry.firstDelay" is longer than "retry.maxDelay"',
      'Make it shorter.',
    );
  }
  return {
    ...(count === undefined ? {} : { attempts: count }),
    ...(withinMs === undefined ? {} : { withinMs }),
    ...(firstDelayMs === undefined ? {} : { firstDelayMs }),
    ...(maxDelayMs === undefined ? {} : { maxDelayMs }),
  };
}

function durationOf(node: Node | undefined): number | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : parseDuration(text);
}
