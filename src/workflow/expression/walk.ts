// Walks the tree of an expression.

import type { ArrowNode, EntryNode, ExpressionNode, SpreadNode } from './ast.ts';

export type AnyNode = ExpressionNode | ArrowNode | SpreadNode | EntryNode;

/** The nodes directly inside a node, in the order of the source. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'parameter':
      return [];
    case 'text':
      return node.values;
    case 'member':
      return [node.object];
    case 'index':
      return [node.object, node.index];
    case 'list':
      return node.items;
    case 'object':
      return node.entries;
    case 'spread':
      return [node.value];
    case 'entry':
      return typeof node.key === 'string' ? [node.value] : [node.key, node.value];
    case 'unary':
      return [node.operand];
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'conditional':
      return [node.test, node.yes, node.no];
    case 'call':
      return node.args;
    case 'method':
      return [node.object, ...node.args];
    default:
      return [node.body];
  }
}

/** How many nodes there are, this one included: a bound for the work of evaluating it once. */
export function sizeOf(node: AnyNode): number {
  return childrenOf(node).reduce((size, child) => size + sizeOf(child), 1);
}

/** Whether evaluating it may repeat a part of it. */
export function repeats(node: AnyNode): boolean {
  return node.kind === 'arrow' || childrenOf(node).some(repeats);
}
