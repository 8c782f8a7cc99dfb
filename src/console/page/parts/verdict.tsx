// What one workflow says to an event: taken, or the first term that was false with the values it saw.

import type { WhyAnswer } from '../../api/why.ts';
import { linkTo } from '../route.ts';
import { Icon } from './icon.tsx';
import { Status } from './status.tsx';
import { When } from './when.tsx';

type Workflow = WhyAnswer['workflows'][number];

export function Verdict({ workflow }: { readonly workflow: Workflow }) {
  const waits = workflow.verdict === 'pending' || workflow.runs.some(({ endedAt }) => endedAt === null);
  const taken = workflow.runs.length > 0 || workflow.verdict === 'taken';
  return (
    <li class="verdict">
      <div class="line">
        <span class={taken ? 'good' : 'calm'}>
          <Icon name={taken ? 'check' : 'skip'} />
        </span>
        <a href={linkTo(['workflows', workflow.name])}>{workflow.name}</a>
        <span class="quiet">{wordsFor(workflow)}</span>
        {workflow.at && <span class="quiet mono at">{workflow.term?.at ?? workflow.at}</span>}
      </div>
      {workflow.runs.map((run) => (
        <div class="below" key={run.id}>
          <a href={linkTo(['runs', run.id])}>{run.replay === 0 ? 'Run' : `Replay ${run.replay}`}</a>{' '}
          <Status status={run.status} reason={run.reason} connection={run.connection} />
          {run.endedAt === null && <span class="quiet"> {connectionOf(run)}</span>}
        </div>
      ))}
      {workflow.pausedSince && waits && (
        <p class="below quiet small">
          It is paused since <When at={workflow.pausedSince} short />; its runs go on when it is resumed.
        </p>
      )}
      {workflow.term && (
        <div class="below">
          <pre class="term">{workflow.term.text}</pre>
          <dl class="seen">
            {workflow.term.values.map(({ path, shown }) => (
              <div key={path}>
                <dt class="mono">{path}</dt>
                <dd class="mono">{shown}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {workflow.holder && (
        <div class="below">
          Its value is with <a href={linkTo(['runs', workflow.holder.run])}>another run</a>{' '}
          <Status status={workflow.holder.status} />
        </div>
      )}
    </li>
  );
}

function connectionOf({ connection }: Workflow['runs'][number]): string {
  return connection === '' || connection === '*' ? '' : `on ${connection}`;
}

function wordsFor({ verdict, on, unique }: Workflow): string {
  switch (verdict) {
    case 'taken':
      return 'took it';
    case 'unique':
      return `did not: one run for each “${unique ?? ''}”, and there was one`;
    case 'pending':
      return 'will take it';
    case 'not-run':
      return 'would take it now, and did not then';
    case 'gone':
      return 'took it, and is no longer in the file';
    case 'false':
      return 'did not: this is false';
    default:
      return `waits for ${on.join(', ')}`;
  }
}
