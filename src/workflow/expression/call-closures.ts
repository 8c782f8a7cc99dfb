// Closures that call the functions and methods of the table.

import { ArgumentFailure, bindArguments } from './arguments.ts';
import type { ArgumentNode, ArrowNode, CallNode, MethodNode, Span } from './ast.ts';
import { spendSteps } from './budget.ts';
import type { Callable, Each } from './callable.ts';
import { about, placed } from './error.ts';
import { functions, methods } from './functions.ts';
import type { Compiler, Frame, Run } from './run.ts';
import { kindOf } from './values.ts';
import { sizeOf } from './walk.ts';

export function call(node: CallNode, compiler: Compiler): Run {
  const callable = functions.get(node.name);
  if (callable === undefined) throw new Error(`function "${node.name}" was not checked`);
  const args = node.args.map((argument) => compileArgument(argument, compiler));
  return (frame) =>
    apply(
      callable,
      args.map((run) => run(frame)),
      node.args,
      frame,
      compiler.source,
      node,
    );
}

export function method(node: MethodNode, compiler: Compiler): Run {
  const candidates = methods.get(node.name) ?? [];
  const onText = candidates.find((callable) => callable.parameters[0]?.types.includes('text'));
  const onList = candidates.find((callable) => callable.parameters[0]?.types.includes('list'));
  const object = compiler.compile(node.object);
  const places = [node.object, ...node.args];
  const args = node.args.map((argument) => compileArgument(argument, compiler));
  return (frame) => {
    const owner = object(frame);
    if (owner === undefined || owner === null) return undefined;
    const callable = typeof owner === 'string' ? onText : Array.isArray(owner) ? onList : undefined;
    if (callable === undefined) throw noMethod(node, owner, candidates, compiler.source);
    return apply(callable, [owner, ...args.map((run) => run(frame))], places, frame, compiler.source, node);
  };
}

function noMethod(node: MethodNode, owner: unknown, candidates: readonly Callable[], source: string): Error {
  const owners = candidates.map((callable) => `a ${callable.parameters[0]?.types.join(' or a ') ?? ''}`).join(' or ');
  return about(source, node.object, `is ${kindOf(owner)}, but "${node.name}" is a method of ${owners}`);
}

/** `places`: where each of the values stands. */
function apply(
  callable: Callable,
  values: readonly unknown[],
  places: readonly Span[],
  frame: Frame,
  source: string,
  node: Span,
): unknown {
  try {
    return callable.run(bindArguments(callable, values), frame.budget);
  } catch (error) {
    const place = error instanceof ArgumentFailure ? places[error.index] : undefined;
    throw placed(error, source, place ?? node);
  }
}

function compileArgument(node: ArgumentNode, compiler: Compiler): (frame: Frame) => unknown {
  return node.kind === 'arrow' ? arrow(node, compiler) : compiler.compile(node);
}

function arrow(node: ArrowNode, compiler: Compiler): (frame: Frame) => Each {
  const body = compiler.compile(node.body);
  const { firstSlot } = node;
  const cost = sizeOf(node);
  return (frame) => (item, index) => {
    spendSteps(frame.budget, cost);
    frame.slots[firstSlot] = item;
    if (node.parameters.length > 1) frame.slots[firstSlot + 1] = index;
    return body(frame);
  };
}
