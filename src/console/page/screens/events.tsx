// Every event, newest first, with the workflows that took it.

import type { EventSummary } from '../../api/events.ts';
import { useNames } from '../names.ts';
import { Filters } from '../parts/filters.tsx';
import { Nearest } from '../parts/nearest.tsx';
import { Pages } from '../parts/pages.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Events({ route: { query } }: ScreenParts) {
  const names = useNames();
  const untaken = query['status'] === 'ignored';
  return (
    <>
      <Heading title="Events" />
      <Filters
        path={['events']}
        query={query}
        time="Received"
        fields={[
          { name: 'type', label: 'Type', hint: 'call.ended', names: names.types },
          { name: 'source', label: 'Source', hint: 'name', names: names.sources },
          { name: 'status', label: 'Status', options: ['pending', 'matched', 'ignored'] },
          { name: 'id', label: 'Id', hint: 'evt_…' },
        ]}
      />
      <Pages<EventSummary>
        key={JSON.stringify(query)}
        path="/events"
        query={untaken ? { ...query, reasons: 'true' } : query}
        empty={<NoEvents query={query} />}
      >
        {(rows, isNew) => <Table rows={rows} isNew={isNew} untaken={untaken} />}
      </Pages>
    </>
  );
}

interface TableParts {
  readonly rows: readonly EventSummary[];
  readonly isNew: (id: string) => boolean;
  /** Nobody took any of them: the reasons are more than the word. */
  readonly untaken: boolean;
}

function Table({ rows, isNew, untaken }: TableParts) {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">Events, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Type</th>
            <th scope="col" class="wide">
              Source
            </th>
            <th scope="col">Status</th>
            <th scope="col">{untaken ? 'Nearest reason' : 'Workflows'}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} class={isNew(row.id) ? 'fresh' : undefined}>
              <td>
                <When at={row.receivedAt} short />
              </td>
              <th scope="row">
                <a href={linkTo(['events', row.id])}>{row.type}</a>
              </th>
              <td class="wide">{row.source}</td>
              <td>
                <Status status={row.status} />
              </td>
              <td>{row.nearest ? <Nearest nearest={row.nearest} type={row.type} /> : workflowsOf(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function workflowsOf({ status, workflows }: EventSummary) {
  if (workflows.length > 0) return workflows.join(', ');
  return <span class="quiet">{status === 'pending' ? 'not matched yet' : 'none took it'}</span>;
}

function NoEvents({ query }: { readonly query: Readonly<Record<string, string>> }) {
  if (Object.keys(query).length > 0)
    return <Empty next={<a href={linkTo(['events'])}>Show all events</a>}>No event passes this filter.</Empty>;
  return (
    <Empty
      next={
        <>
          Send one: <code>npx hookline send</code>
        </>
      }
    >
      No event has arrived yet.
    </Empty>
  );
}
