// What looks at workflow texts that somebody types; the host gives it, in a thread of its own, so that a bad text holds up nobody.

import type { EventScope } from '../../workflow/compile.ts';
import type { Problem } from '../../workflow/problem.ts';

export interface Playground {
  check(text: string): Promise<Looked>;
  complete(text: string, offset: number): Promise<Completion>;
  try(text: string, event: EventScope): Promise<Looked & { readonly tried: readonly object[] }>;
}

export interface Looked {
  readonly problems: readonly Problem[];
  readonly workflows: readonly string[];
}

export interface Completion {
  /** Where what is completed begins. */
  readonly from: number;
  readonly options: readonly {
    readonly label: string;
    readonly type?: string;
    readonly detail?: string;
    readonly info?: string;
    readonly apply?: string;
  }[];
}
