// Runs as rows: what they did, step by step, in one line each.

import type { RunSummary } from '../../api/run-view.ts';
import { linkTo } from '../route.ts';
import { Status } from './status.tsx';
import { durationOf, When } from './when.tsx';

interface RunTableParts {
  readonly rows: readonly RunSummary[];
  readonly isNew?: (id: string) => boolean;
}

export function RunTable({ rows, isNew }: RunTableParts) {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Created</th>
            <th scope="col">Workflow</th>
            <th scope="col">Status</th>
            <th scope="col">Steps</th>
            <th scope="col" class="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <tr key={run.id} class={isNew?.(run.id) ? 'fresh' : undefined}>
              <td>
                <When at={run.createdAt} short />
              </td>
              <th scope="row">
                <a href={linkTo(['runs', run.id])}>{run.workflow}</a>
                {run.replay > 0 && <span class="quiet"> replay {run.replay}</span>}
              </th>
              <td>
                <Status status={run.status} reason={run.reason} connection={run.connection} />
                {run.error && <p class="quiet small cut">{run.error.message}</p>}
              </td>
              <td>
                <ol class="steps">
                  {run.steps.map((step) => (
                    <li key={step.id}>
                      <Status status={step.status} reason={step.reason} connection={run.connection} compact={step.id} />
                    </li>
                  ))}
                </ol>
              </td>
              <td class="number">{tookOf(run)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function tookOf({ startedAt, endedAt }: RunSummary): string {
  return startedAt !== null && endedAt !== null ? durationOf(Date.parse(endedAt) - Date.parse(startedAt)) : '–';
}
