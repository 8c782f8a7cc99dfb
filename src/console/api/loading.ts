// The workflow file as the admin listener sees it: the one in use, the one refused, and how to load it anew.

import type { ConfigChanges, Time } from '../../core/model.ts';
import type { FileTexts } from '../../workflow/files.ts';
import type { Problem } from '../../workflow/problem.ts';

export interface Refused {
  readonly at: Time;
  /** One sentence. */
  readonly why: string;
  readonly problems: readonly Problem[];
  /** Where the lines of the problems are found; null when it could not be read. */
  readonly files: FileTexts | null;
}

export interface LoadState {
  readonly acceptedAt: Time;
  /** While an older file is in use; null when the file is in use. */
  readonly refused: Refused | null;
  /** What the last load since the start changed. */
  readonly last: { readonly at: Time; readonly workflows: ConfigChanges } | null;
}

export type LoadOutcome =
  | { readonly status: 'accepted'; readonly workflows: ConfigChanges }
  | { readonly status: 'unchanged' }
  | { readonly status: 'refused'; readonly refusal: Refused };

export interface Loading {
  readonly state: () => LoadState;
  readonly now: () => Promise<LoadOutcome>;
}
