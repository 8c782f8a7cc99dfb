// What every workflow says to a stored event, by the file that was live when the event was matched.

import type { Event, Run } from '../../core/model.ts';
import type { Explanation, Workflows } from '../../workflow/compile.ts';
import type { AdminParts } from './parts.ts';
import { iso } from './values.ts';

export interface FoundConfig {
  readonly workflows: Workflows | null;
  /** It is the file in use now. */
  readonly live: boolean;
  /** It is known to be the file the event was matched with. */
  readonly certain: boolean;
}

/** The file that the event was matched with, or that its first runs began with; without one that can be read, the live file. */
export async function findConfig(
  { workflows, store }: AdminParts,
  event: Event,
  runs: readonly Run[],
): Promise<FoundConfig> {
  const live = (await workflows?.()) ?? null;
  const hash = event.config ?? runs.find((run) => run.replay === 0)?.config;
  const pinned = hash === undefined ? null : await workflows?.(hash);
  if (pinned) return { workflows: pinned, live: pinned.hash === live?.hash, certain: true };
  const accepted = live === null ? undefined : (await store.config(live.hash))?.at;
  const certain = event.status === 'pending' || (accepted !== undefined && accepted <= event.receivedAt);
  return { workflows: live, live: true, certain: certain && hash === undefined };
}

/** `problem`: why the event cannot be read. */
export function explainEvent(
  { readEvent }: AdminParts,
  event: Event,
  workflows: Workflows | null,
): { readonly explained: readonly Explanation[]; readonly problem: string | null } {
  const { id, type, source, time } = event;
  try {
    const scope = {
      id,
      type,
      source,
      time,
      receivedAt: iso(event.receivedAt),
      ...readEvent(event, workflows ?? undefined),
    };
    return { explained: workflows?.explain?.(scope) ?? [], problem: null };
  } catch (error) {
    return { explained: [], problem: error instanceof Error ? error.message : 'the body cannot be read' };
  }
}
