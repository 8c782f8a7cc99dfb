// Every event, newest first, with the workflows that took it.

import type { EventSummary } from '../../api/events.ts';
import { Filters } from '../parts/filters.tsx';
import { Pages } from '../parts/pages.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Events({ route: { query } }: ScreenParts) {
  return (
    <>
      <Heading title="Events" />
      <Filters
        path={['events']}
        query={query}
        fields={[
          { name: 'type', label: 'Type', hint: 'call.ended' },
          { name: 'source', label: 'Source', hint: 'name of a source' },
          { name: 'status', label: 'Status', options: ['pending', 'matched', 'ignored'] },
        ]}
      />
      <Pages<EventSummary> key={JSON.stringify(query)} path="/events" query={query} empty={<NoEvents query={query} />}>
        {(rows) => <Table rows={rows} />}
      </Pages>
    </>
  );
}

function Table({ rows }: { readonly rows: readonly EventSummary[] }) {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">Events, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Type</th>
            <th scope="col">Source</th>
            <th scope="col">Status</th>
            <th scope="col">Workflows</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} class="fresh">
              <td>
                <When at={row.receivedAt} short />
              </td>
              <th scope="row">
                <a href={linkTo(['events', row.id])}>{row.type}</a>
              </th>
              <td>{row.source}</td>
              <td>
                <Status status={row.status} />
              </td>
              <td>{row.workflows.length === 0 ? <span class="quiet">none</span> : row.workflows.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
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
