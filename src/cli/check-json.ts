// The result of `hookline check` as one JSON document, for programs: keys are only ever added to it.

import type { Workflow } from '../workflow/compile.ts';
import { guaranteeOf } from '../workflow/guarantee.ts';
import type { Problem } from '../workflow/problem.ts';
import { countByFile, total, type Checked, type FileCount } from './check-result.ts';
import type { Io } from './client.ts';
import { escapeJson } from './command.ts';

export function printJson(all: readonly Checked[], io: Io): void {
  io.out(escapeJson(JSON.stringify(toJson(all), null, 2)));
}

function toJson(all: readonly Checked[]) {
  const readable = all.flatMap((checked) => ('unreadable' in checked ? [] : [checked]));
  const files = all.flatMap((checked): (FileCount & { unreadable: string | null })[] => {
    if ('unreadable' in checked) {
      return [{ file: checked.file, errors: 0, warnings: 0, unreadable: checked.unreadable.message }];
    }
    return countByFile(checked).map((count) => ({ ...count, unreadable: null }));
  });
  const { errors, warnings } = total(files);
  const connections = readable.flatMap((checked) => checked.connections ?? []);
  return {
    version: 1,
    ok: errors === 0 && readable.length === all.length && connections.every(({ why }) => why === null),
    errors,
    warnings,
    files,
    problems: readable.flatMap(({ problems }) => problems.map(problemJson)),
    workflows: readable.flatMap(({ workflows }) => [...(workflows?.workflows.values() ?? [])].map(workflowJson)),
    unsetSecrets: [...new Set(readable.flatMap(({ unsetSecrets }) => unsetSecrets))],
    connections: connections.map(({ name, why }) => ({ name, works: why === null, why })),
  };
}

function problemJson({ code, severity, at, length = 1, path, message, hint }: Problem) {
  return { code, severity, ...at, endColumn: at.column + length, path, message, hint: hint ?? null };
}

function workflowJson({ name, at, steps }: Workflow) {
  return {
    name,
    ...at,
    steps: steps.map((step) => ({
      id: step.id,
      uses: `${step.connection}.${step.actionName}`,
      ...step.at,
      effect: step.effect,
      onDoubt: step.onDoubt,
      ...guaranteeOf(step),
    })),
  };
}
