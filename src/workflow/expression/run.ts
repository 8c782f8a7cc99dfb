// What the closures of a compiled expression share.

import type { ExpressionNode } from './ast.ts';
import type { Budget } from './budget.ts';

/** One evaluation. */
export interface Frame {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly budget: Budget;
  /** Values of the arrow functions' parameters. */
  readonly slots: unknown[];
}

/** Throws `ExpressionError`. */
export type Run = (frame: Frame) => unknown;

export interface Compiler {
  /** What the nodes' offsets are into. */
  readonly source: string;
  readonly compile: (node: ExpressionNode) => Run;
}
