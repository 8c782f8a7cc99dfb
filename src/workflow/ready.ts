// Compiles a checked file: conditions, inputs, settings and the matcher.

import { createHash } from 'node:crypto';
import { alertsTaken } from './alerts.ts';
import type { CheckedConnection, CheckedFile, CheckedSource, CheckedStep, CheckedWorkflow } from './checked.ts';
import type { ConnectionConfig, Evaluated, SourceConfig, Step, Workflow, Workflows } from './compile.ts';
import {
  compileCondition,
  compileExpression,
  createBudget,
  ExpressionError,
  type Budget,
  type Scope,
} from './expression/evaluate.ts';
import { packFiles, type FileTexts } from './files.ts';
import { createMatcher, type Candidate } from './match.ts';
import type { SourceText } from './place.ts';
import { plainValue } from './plain.ts';
import { compileInput } from './render.ts';
import { compileSettings } from './settings.ts';
import { spanIn, type Written } from './value.ts';

/** The file ready to match and run. `source` is the text without a byte order mark; `files` are hashed and kept as they came. */
export function makeReady(checked: CheckedFile, source: SourceText, files: FileTexts): Workflows {
  const { env } = checked;
  const candidates = checked.workflows.map((workflow) => readyCandidate(workflow, env, source));
  const matcher = createMatcher(candidates, env);
  const text = packFiles(files);
  return {
    file: source.file,
    text,
    hash: createHash('sha256').update(text).digest('hex'),
    sources: byName(checked.sources.map((entry) => readySource(entry, env, source))),
    connections: byName(checked.connections.map((entry) => readyConnection(entry, env, source))),
    workflows: byName(candidates.map((candidate) => candidate.workflow)),
    alerts: new Set(alertsTaken(candidates.flatMap(({ on }) => on))),
    match: (event) => matcher.match(event),
    wants: (kind) => matcher.wants(kind),
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

type Env = Readonly<Record<string, unknown>>;

function readySource(checked: CheckedSource, env: Env, source: SourceText): SourceConfig {
  const secrets = checked.secrets.map((value) => compileSettings(value, env, source));
  const settings = compileSettings(checked.settings, env, source);
  const { name, secretSpans, keepContentKeysMs } = checked;
  return {
    name,
    source: checked.source,
    secretNames: [...secretSpans.keys()],
    resolve: (secret) => ({ secrets: secrets.map((read) => secretText(read(secret))), settings: settings(secret) }),
    catalogue: checked.catalogue,
    ...(keepContentKeysMs === undefined ? {} : { keepContentKeysMs }),
    at: source.place(checked.span.offset),
  };
}

/** Empty for what is no text, so that start-up refuses it: "null" as a secret would verify what anybody signs. */
function secretText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function readyConnection(checked: CheckedConnection, env: Env, source: SourceText): ConnectionConfig {
  const { name, connector, secretSpans, concurrency, rate } = checked;
  return {
    name,
    connector,
    secretNames: [...secretSpans.keys()],
    resolve: compileSettings(checked.settings, env, source),
    plainSettings: plainValue(checked.settings, env),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    at: source.place(checked.span.offset),
  };
}

function readyCandidate(checked: CheckedWorkflow, env: Env, source: SourceText): Candidate {
  const { name, description, timeoutMs, on, condition } = checked;
  const workflow: Workflow = {
    name,
    description,
    on: on.map((entry) => `${entry.source}:${entry.type}`),
    steps: checked.steps.map((step) => readyStep(step, env, source)),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    at: source.place(checked.span.offset),
  };
  return {
    workflow,
    on,
    condition: condition?.expression,
    holds: lazily(() => readyCondition(condition, source)),
    unique: lazily(() => readyUnique(checked.unique, source)),
  };
}

function readyStep(checked: CheckedStep, env: Env, source: SourceText): Step {
  const { id, connection, connector, actionName, action, effect, needs, onError, onDoubt, retry, timeoutMs } = checked;
  const holds = lazily(() => readyCondition(checked.condition, source));
  const render = lazily(() => compileInput(checked, source));
  return {
    id,
    connection,
    connector,
    actionName,
    action,
    effect,
    needs,
    onError,
    onDoubt,
    retry,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    at: source.place(checked.span.offset),
    condition: (scope, budget) => holds({ ...scope, env }, budget),
    input: (scope, budget) => render({ ...scope, env }, budget),
  };
}

/** Compiled when it is first needed: a check of the file never needs it, and no event needs all of a thousand workflows. */
function lazily<T extends readonly unknown[], R>(compile: () => (...given: T) => R): (...given: T) => R {
  let compiled: ((...given: T) => R) | undefined;
  return (...given) => (compiled ??= compile())(...given);
}

type Holds = (scope: Scope, budget?: Budget) => Evaluated<boolean>;

function readyCondition(written: Written | undefined, source: SourceText): Holds {
  if (written === undefined) return () => ({ ok: true, value: true });
  const evaluate = compileCondition(written.expression);
  return (scope, budget = createBudget()) => placed(() => evaluate(scope, budget), written, source);
}

function readyUnique(written: Written | undefined, source: SourceText): (scope: Scope) => Evaluated<string | null> {
  if (written === undefined) return () => ({ ok: true, value: null });
  const evaluate = compileExpression(written.expression);
  return (scope) =>
    placed(
      () => {
        const value = evaluate(scope, createBudget());
        if (value === undefined || value === null) return null;
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
        throw new ExpressionError('"unique" must be text or a number, not a list or a map', 0);
      },
      written,
      source,
    );
}

function placed<T>(evaluate: () => T, written: Written, source: SourceText): Evaluated<T> {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const span = spanIn(source, written.holder, written.start + error.offset, 1);
    return { ok: false, failure: { message: error.message, at: source.place(span.offset) } };
  }
}
