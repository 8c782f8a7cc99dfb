// Compiles what stands under `with:` to a function that renders and validates the input of an action.

import type { Schema } from '../plugin/index.ts';
import type { CheckedStep } from './checked.ts';
import type { Evaluated } from './compile.ts';
import { createBudget, ExpressionError, type Budget, type Scope } from './expression/evaluate.ts';
import { compileTemplate } from './expression/template.ts';
import { encodeInside, encodingOf, schemaOf, takesNull } from './encode-inside.ts';
import { nodeAt } from './node.ts';
import type { SourceText } from './place.ts';
import type { Fault } from './fault.ts';
import { spanIn, type Value } from './value.ts';

/** An input that cannot be rendered, and the value of the file that is to blame. */
class RenderError extends Error {
  override name = 'RenderError';
  readonly value: Value;
  /** Into the value's text. */
  readonly offset: number;

  constructor(message: string, value: Value, offset: number) {
    super(message);
    this.value = value;
    this.offset = offset;
  }
}

interface Rendering {
  readonly scope: Scope;
  readonly budget: Budget;
  /** Properties left out because their value is missing: path in the input → the value. */
  readonly dropped: Map<string, Value>;
}

/** Gives the value; undefined when it is missing. */
type Render = (rendering: Rendering) => unknown;

/** A function of the scope that gives a valid input, or why there is none and where. */
export function compileInput(step: CheckedStep, source: SourceText): (scope: Scope) => Evaluated<unknown> {
  const { input } = step;
  const render = input === undefined ? () => ({}) : compileValue(input, step.schema, '');
  return (scope) => {
    const rendering = { scope, budget: createBudget(), dropped: new Map<string, Value>() };
    try {
      const value = render(rendering);
      const [fault] = step.validate(value);
      return fault === undefined ? { ok: true, value } : fail(explainFault(fault, step, rendering, source));
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      return fail({ message: error.message, at: placeOf(error.value, error.offset, source) });
    }
  };
}

function fail<T>(failure: T): { ok: false; failure: T } {
  return { ok: false, failure };
}

function placeOf(value: Value, offset: number, source: SourceText) {
  const span = 'holder' in value ? spanIn(source, value.holder, offset, 1) : value.node;
  return source.place(span.offset);
}

function explainFault(fault: Fault, step: CheckedStep, { dropped }: Rendering, source: SourceText) {
  const path = [...fault.path, ...(fault.missing === undefined ? [] : [fault.missing])].join('.');
  const missing = dropped.get(path);
  if (missing !== undefined && 'template' in missing) {
    const message = `input "${path}" is required, but ${missing.template.text.trim()} is missing`;
    return { message, at: placeOf(missing, 0, source) };
  }
  if (step.input === undefined) return { message: `input ${fault.message}`, at: source.place(step.span.offset) };
  const { node, key } = nodeAt(step.input.node, fault.path);
  return { message: `input ${fault.message}`, at: source.place((fault.onKey ? (key ?? node) : node).offset) };
}

function compileValue(value: Value, schema: Schema | undefined, path: string): Render {
  switch (value.kind) {
    case 'literal':
      return () => value.node.value;
    case 'list': {
      const items = value.items.map((item, index) => compileValue(item, schemaOf(schema, 'items'), join(path, index)));
      return (rendering) =>
        items.map((item, index) => present(item(rendering), value.items[index] ?? value, join(path, index)));
    }
    case 'map':
      return compileMap(value, schema, path);
    case 'unknown':
      return () => undefined;
    default:
      return compileExpressions(value, schema, path);
  }
}

function join(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}

function present(value: unknown, from: Value, path: string): unknown {
  if (value === undefined)
    throw new RenderError(
      `input "${path}" is missing, and a list cannot leave an item out; add a default with ??`,
      from,
      0,
    );
  return value;
}

function compileMap(value: Value & { kind: 'map' }, schema: Schema | undefined, path: string): Render {
  const entries = [...value.entries].map(([key, item]) => {
    const render = compileValue(item, schemaOf(schema, key), join(path, key));
    return { key, item, render, path: join(path, key) };
  });
  return (rendering) => {
    const map: Record<string, unknown> = {};
    for (const { key, item, render, path } of entries) {
      const found = render(rendering);
      if (found === undefined) rendering.dropped.set(path, item);
      else map[key] = found;
    }
    return map;
  };
}

function compileExpressions(
  value: Value & { kind: 'expression' | 'text' },
  schema: Schema | undefined,
  path: string,
): Render {
  const evaluate = compileTemplate(value.template);
  const encoding = encodingOf(schema);
  const keepsNull = takesNull(schema);
  return ({ scope, budget }) => {
    try {
      const found = evaluate(scope, budget, encoding);
      if (found === null) return keepsNull ? null : undefined;
      if (typeof found === 'number' && !Number.isFinite(found))
        throw new RenderError(`input "${path}" is not a number that can be sent`, value, 0);
      return typeof found === 'object' ? copy(encodeInside(found, schema, budget), value, path) : found;
    } catch (error) {
      if (error instanceof ExpressionError) throw new RenderError(error.message, value, error.offset);
      throw error;
    }
  };
}

/** Plain JSON of the input's own: missing properties are left out, and no later change of the event reaches it. */
function copy(found: unknown, from: Value, path: string): unknown {
  if (Array.isArray(found))
    return found.map((item, index) => copy(present(item, from, join(path, index)), from, join(path, index)));
  if (typeof found !== 'object' || found === null) return found;
  const map: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(found)) {
    if (item !== undefined && key !== '__proto__') map[key] = copy(item, from, join(path, key));
  }
  return map;
}
