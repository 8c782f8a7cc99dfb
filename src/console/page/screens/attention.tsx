// What waits for a person: in doubt first, then held, then dead letters; alike ones together.

import type { AttentionAnswer } from '../../api/attention.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from '../parts/act.tsx';
import { Bulk } from '../parts/bulk.tsx';
import { HeldAct, HeldWhy } from '../parts/held.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

type Group = AttentionAnswer['groups'][number];

export function Attention() {
  const data = useData<AttentionAnswer>('/attention');
  return (
    <>
      <Heading title="Attention" over="In doubt, held and dead letters" />
      <div class="bulk-place">
        <Bulk />
      </div>
      <Loaded data={data}>
        {({ groups, more }) =>
          groups.length === 0 ? (
            <Empty next={<a href={linkTo(['runs'])}>See what ran</a>}>
              Nothing waits for you. Every effect is known to be done or not done.
            </Empty>
          ) : (
            <div class="stack close">
              {more && (
                <p class="note">There is more than is counted here: the newest 1,000 of each status are shown.</p>
              )}
              {groups.map((group) => (
                <Card key={keyOf(group)} group={group} reload={data.reload} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function keyOf({ status, reason, workflow, step, connection, code, message }: Group): string {
  return JSON.stringify([status, reason, workflow, step, connection, code ?? message]);
}

function Card({ group, reload }: { readonly group: Group; readonly reload: () => void }) {
  const { status, reason, workflow, step, connection, code, message, count } = group;
  return (
    <article class="card" aria-label={`${workflow}: ${message}`}>
      <header>
        <h2>
          <Status status={status} reason={reason} connection={connection} /> <span class="tally">{count}</span>
        </h2>
        <span class="quiet">
          <a href={linkTo(['workflows', workflow])}>{workflow}</a>
          {step && ` › ${step}`}
          {connection !== '*' && connection !== '' && ` on ${connection}`}
        </span>
      </header>
      <div class="body stack close">
        {reason !== 'paused' && (
          <p>
            {message} {code && <code>{code}</code>}
          </p>
        )}
        {status === 'held' && <HeldWhy run={group} />}
        <p>
          <span class="quiet">{count === 1 ? 'Since' : 'Oldest'}</span> <When at={group.oldestAt} />
        </p>
        <ul class="runs">
          {group.runs.map((id) => (
            <li key={id}>
              <a class="mono" href={linkTo(['runs', id])}>
                {id}
              </a>
            </li>
          ))}
          {count > group.runs.length && (
            <li>
              <a href={linkTo(['runs'], { workflow, status })}>all {count}</a>
            </li>
          )}
        </ul>
        {status === 'failed' ? <RetryAll group={group} reload={reload} /> : <HeldAct run={group} reload={reload} />}
      </div>
    </article>
  );
}

function RetryAll({ group, reload }: { readonly group: Group; readonly reload: () => void }) {
  const { count } = group;
  return (
    <div class="actions">
      <Act
        label={count === 1 ? 'Retry it' : `Retry all ${count}`}
        kind="main"
        ask={<Ask count={count} />}
        act={(form) => post('/bulk', { action: 'retry', filter: filterOf(group), confirm: confirmed(form, count) })}
        done={reload}
      >
        {count > 1 && (
          <label>
            Type {count} to confirm
            <input name="confirm" inputMode="numeric" autocomplete="off" required pattern={String(count)} />
          </label>
        )}
      </Act>
    </div>
  );
}

function Ask({ count }: { readonly count: number }) {
  return (
    <p>
      {count === 1 ? 'This run goes' : `These ${count} runs go`} on where {count === 1 ? 'it' : 'they'} stopped. Steps
      that are done are not run again.
    </p>
  );
}

function filterOf({ workflow, step, connection, code, message }: Group) {
  return { workflow, step, connection, ...(code === null ? { message } : { code }) };
}

function confirmed(form: FormData, count: number): number {
  return count === 1 ? 1 : Number(form.get('confirm'));
}
