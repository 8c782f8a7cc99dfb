// Bounds the work and the text of a step's expressions, so that no event and no file can stop the process.

export const expressionLimits = {
  /** Characters of one expression. */
  sourceLength: 10_000,
  /** Levels of one expression's tree. */
  nesting: 100,
  /** Levels of a list or object that an expression gives. */
  depth: 1000,
  /** Parts evaluated, list items made and visited, per step. */
  steps: 1_000_000,
  /** Characters of text made, per step. */
  text: 10_000_000,
} as const;

/** What may still be spent; shared by all expressions of one step. */
export interface Budget {
  steps: number;
  text: number;
}

export function createBudget(limits: Readonly<Budget> = expressionLimits): Budget {
  return { steps: limits.steps, text: limits.text };
}

/** Why a value cannot be had, without a place; the evaluator adds the place. */
export class Failure extends Error {
  override name = 'Failure';
}

/** The budget is used up. */
export class BudgetFailure extends Failure {}

export function spendSteps(budget: Budget, count: number): void {
  budget.steps -= count;
  if (budget.steps < 0)
    throw new BudgetFailure('the expressions of this step do too much work; make them simpler or the data smaller');
}

/** Call before the text is made. */
export function spendText(budget: Budget, length: number): void {
  budget.text -= length;
  if (budget.text < 0)
    throw new BudgetFailure('the expressions of this step make too much text; shorten it with truncate()');
}

/** Charges finding `part` in `text`: an engine may need the product of both lengths. */
export function spendSearch(budget: Budget, text: string, part: string): void {
  spendSteps(budget, Math.ceil(text.length / 64) * Math.ceil((part.length + 1) / 64));
}

/** Charges every value in a tree, once for each place where it stands, as writing it out with this indent would. */
export function spendTree(budget: Budget, value: unknown, indent = 0): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    spendText(budget, depth * indent + (typeof value === 'string' ? value.length : 0));
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= expressionLimits.depth) throw new Failure('gives lists or objects that are nested too deeply');
    if (!Array.isArray(value)) for (const key of Object.keys(value)) spendText(budget, key.length);
    const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    spendSteps(budget, inside.length + 1);
    for (const item of inside) open.push({ value: item, depth: depth + 1 });
  }
}
