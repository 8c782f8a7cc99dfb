// Names of the file in use, offered where somebody filters by one.

import type { ConnectionsAnswer } from '../api/connections.ts';
import type { WorkflowsAnswer } from '../api/workflows.ts';
import { useData } from './live.ts';

export interface Names {
  readonly workflows: readonly string[];
  readonly sources: readonly string[];
  readonly types: readonly string[];
}

export function useNames(): Names {
  const items = useData<WorkflowsAnswer>('/workflows', {}, { live: false }).value?.items ?? [];
  const on = items.flatMap((one) => one.on).map((one) => one.split(':'));
  return {
    workflows: items.map(({ name }) => name),
    sources: unique(on.map(([source = '']) => source)),
    types: unique(on.map(([, ...type]) => type.join(':')).filter((type) => !type.includes('*'))),
  };
}

export function useConnectionNames(): readonly string[] {
  const { value } = useData<ConnectionsAnswer>('/connections', {}, { live: false });
  return value?.items.map(({ name }) => name) ?? [];
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
