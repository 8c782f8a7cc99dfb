// What people changed through the admin listener, newest first.

import type { AuditAnswer } from '../../api/audit.ts';
import { Icon } from '../parts/icon.tsx';
import { Pages } from '../parts/pages.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

type Entry = AuditAnswer['items'][number];

export function Activity() {
  return (
    <>
      <Heading title="Activity" over="What people changed, by this page, the commands or the API" />
      <Pages<Entry>
        path="/audit"
        query={{}}
        empty={
          <Empty>Nobody has changed anything yet. Retries, replays, answers and pauses will be listed here.</Empty>
        }
      >
        {(rows, isNew) => <Table rows={rows} isNew={isNew} />}
      </Pages>
    </>
  );
}

interface TableParts {
  readonly rows: readonly Entry[];
  readonly isNew: (id: string) => boolean;
}

function Table({ rows, isNew }: TableParts) {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">What people changed, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Of</th>
            <th scope="col">By</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, at, action, target, role, from, ok }) => (
            <tr key={id} class={isNew(id) ? 'fresh' : undefined}>
              <td>
                <When at={at} short />
              </td>
              <th scope="row">
                {action.replaceAll('/', ' › ')}
                {!ok && (
                  <span class="status bad refused-change">
                    <Icon name="cross" /> refused
                  </span>
                )}
              </th>
              <td>
                <Target id={target} />
              </td>
              <td>{role}</td>
              <td class="mono">{from}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Target({ id }: { readonly id: string }) {
  if (id.startsWith('run_'))
    return (
      <a class="mono" href={linkTo(['runs', id])}>
        {id}
      </a>
    );
  if (id.startsWith('evt_'))
    return (
      <a class="mono" href={linkTo(['events', id])}>
        {id}
      </a>
    );
  return id === '' ? <span class="quiet">–</span> : <span>{id}</span>;
}
