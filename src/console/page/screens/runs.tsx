// Every run, newest first.

import type { RunSummary } from '../../api/run-view.ts';
import { useConnectionNames, useNames } from '../names.ts';
import { Filters } from '../parts/filters.tsx';
import { Pages } from '../parts/pages.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { Empty, Heading } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

const statuses = ['pending', 'running', 'waiting', 'held', 'succeeded', 'failed', 'canceled'];

export function Runs({ route: { query } }: ScreenParts) {
  const { workflows } = useNames();
  const connections = useConnectionNames();
  const filtered = Object.keys(query).length > 0;
  const none = filtered ? (
    <Empty next={<a href={linkTo(['runs'])}>Show all runs</a>}>No run passes this filter.</Empty>
  ) : (
    <Empty next={<a href={linkTo(['workflows'])}>See what the workflows wait for</a>}>
      No event has started a run yet.
    </Empty>
  );
  return (
    <>
      <Heading title="Runs" />
      <Filters
        path={['runs']}
        query={query}
        time="Created"
        fields={[
          { name: 'workflow', label: 'Workflow', hint: 'name', names: workflows },
          { name: 'status', label: 'Status', options: statuses },
          { name: 'reason', label: 'Held for', options: ['in_doubt', 'credentials', 'paused', 'missing'] },
          { name: 'connection', label: 'Connection', hint: 'name', names: connections },
          { name: 'event', label: 'Event', hint: 'evt_…' },
          { name: 'id', label: 'Id', hint: 'run_…' },
        ]}
      />
      <Pages<RunSummary> key={JSON.stringify(query)} path="/runs" query={query} empty={none}>
        {(rows, isNew) => <RunTable rows={rows} isNew={isNew} />}
      </Pages>
    </>
  );
}
