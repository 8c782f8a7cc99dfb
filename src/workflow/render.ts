// Compiles what stands under `with:` to a function that renders and validates the input of an action.

import type { Schema } from '../plugin/index.ts';
import type { CheckedStep } from './checked.ts';
import type { Evaluated } from './compile.ts';
import { createBudget, ExpressionError, type Budget, type Scope } from './expression/evaluate.ts';
import { compileTemplate } from './expression/template.ts';
import { encodeInside, encodingOf, schemaOf, takesNull } from './encode-inside.ts';
import { nodeAt } from './node.ts';
import type { SourceText } from './place.ts';
import { pathName, type Fault } from './fault.ts';
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
  /** Properties left out because their value is missing: path in the input, as text → the value. */
  readonly dropped: Map<string, Value>;
}

/** Keys and indices from the input down. */
type Path = readonly string[];

/** Gives the value; undefined when it is missing. */
type Render = (rendering: Rendering) => unknown;

/** A function of the scope that gives a valid input, or why there is none and where. */
export function compileInput(
  step: CheckedStep,
  source: SourceText,
): (scope: Scope, budget?: Budget) => Evaluated<unknown> {
  const { input } = step;
  const render = input === undefined ? () => ({}) : compileValue(input, step.schema, []);
  return (scope, budget = createBudget()) => {
    const rendering = { scope, budget, dropped: new Map<string, Value>() };
    try {
      const value = render(rendering);
      const [fault] = step.validate(value);
      if (fault === undefined) return { ok: true, value };
      return fail({ ...explainFault(fault, step, rendering, source), rendered: value });
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
  const path = [...fault.path, ...(fault.missing === undefined ? [] : [fault.missing])];
  const missing = dropped.get(pathName(path));
  if (missing !== undefined && 'template' in missing) {
    const message = `input "${pathName(path)}" is required, but ${missing.template.text.trim()} is missing`;
    return { message, at: placeOf(missing, 0, source) };
  }
  if (step.input === undefined) return { message: `input ${fault.message}`, at: source.place(step.span.offset) };
  const { node, key, found } = nodeAt(step.input.node, fault.path);
  const place = fault.onKey && found ? (key ?? node) : node;
  return { message: `input ${fault.message}`, at: source.place(place.offset) };
}

function compileValue(value: Value, schema: Schema | undefined, path: Path): Render {
  switch (value.kind) {
    case 'literal':
      return () => value.node.value;
    case 'list':
      return compileList(value, schema, path);
    case 'map':
      return compileMap(value, schema, path);
    case 'unknown':
      return () => undefined;
    default:
      return compileExpressions(value, schema, path);
  }
}

function compileList(value: Value & { kind: 'list' }, schema: Schema | undefined, path: Path): Render {
  const items = value.items.map((item, index) => {
    return { item, render: compileValue(item, schemaOf(schema, 'items'), [...path, String(index)]) };
  });
  return (rendering) =>
    items.map(({ item, render }) => {
      const found = render(rendering);
      if (found === undefined) throw missingItem(item, path);
      return found;
    });
}

function missingItem(value: Value, path: Path): RenderError {
  const subject = path.length === 0 ? 'the input' : `input "${pathName(path)}"`;
  return new RenderError(
    `${subject} has a missing item, and a list cannot leave one out; add a default with ??`,
    value,
    0,
  );
}

function compileMap(value: Value & { kind: 'map' }, schema: Schema | undefined, path: Path): Render {
  const entries = [...value.entries].map(([key, item]) => {
    const render = compileValue(item, schemaOf(schema, key), [...path, key]);
    return { key, item, render, path: [...path, key] };
  });
  return (rendering) => {
    const map: Record<string, unknown> = {};
    for (const { key, item, render, path } of entries) {
      const found = render(rendering);
      if (found === undefined) rendering.dropped.set(pathName(path), item);
      else map[key] = found;
    }
    return map;
  };
}

function compileExpressions(
  value: Value & { kind: 'expression' | 'text' },
  schema: Schema | undefined,
  path: Path,
): Render {
  const evaluate = compileTemplate(value.template);
  const encoding = encodingOf(schema);
  const keepsNull = takesNull(schema);
  return ({ scope, budget }) => {
    try {
      const found = evaluate(scope, budget, encoding);
      if (found === null) return keepsNull ? null : undefined;
      if (typeof found === 'number' && !Number.isFinite(found))
        throw new RenderError(`input "${pathName(path)}" is not a number that can be sent`, value, 0);
      if (typeof found !== 'object') return found;
      return copy(encodeInside(found, schema, budget), () => missingItem(value, path));
    } catch (error) {
      if (error instanceof ExpressionError) throw new RenderError(error.message, value, error.offset);
      throw error;
    }
  };
}

/** Plain JSON of the input's own: missing properties are left out, and no later change of the event reaches it. */
function copy(found: unknown, missing: () => RenderError): unknown {
  if (Array.isArray(found)) {
    return Array.from(found, (item: unknown) => {
      if (item === undefined) throw missing();
      return copy(item, missing);
    });
  }
  if (typeof found !== 'object' || found === null) return found;
  const map: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(found)) {
    if (item !== undefined && key !== '__proto__') map[key] = copy(item, missing);
  }
  return map;
}
