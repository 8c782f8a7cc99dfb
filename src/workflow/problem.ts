// A problem of a workflow file: a value with its place; all are collected, none is thrown.

export interface Place {
  /** As given by the user: `workflows.yaml`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
}

export interface Problem {
  /** Of the table of problem codes: `step.unknown-action`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly at: Place;
  /** Path in the file: `workflows.call-summary.steps[0].uses`. */
  readonly path: string;
  /** Subject in quotes, what is wrong, what was expected. One sentence. */
  readonly message: string;
  /** What to do; "did you mean …?". */
  readonly hint?: string;
}
