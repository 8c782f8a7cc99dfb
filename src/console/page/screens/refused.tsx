// Requests that were not taken, with the reason.

import type { DeliveryView } from '../../api/deliveries.ts';
import { useNames } from '../names.ts';
import { Filters } from '../parts/filters.tsx';
import { Pages } from '../parts/pages.tsx';
import { wordsOf } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Refused({ route: { query } }: ScreenParts) {
  const { sources } = useNames();
  const filtered = Object.keys(query).length > 0;
  return (
    <>
      <Heading title="Refused deliveries" />
      <Filters
        path={['refused']}
        query={query}
        time="Received"
        fields={[
          { name: 'source', label: 'Source', hint: 'name', names: sources },
          { name: 'reason', label: 'Reason', hint: 'signature.mismatch' },
          { name: 'id', label: 'Id', hint: 'dlv_…' },
        ]}
      />
      <Pages<DeliveryView>
        key={JSON.stringify(query)}
        path="/deliveries"
        query={{ ...query, status: 'refused' }}
        empty={
          filtered ? (
            <Empty next={<a href={linkTo(['refused'])}>Show all refused deliveries</a>}>
              No refused delivery passes this filter.
            </Empty>
          ) : (
            <Empty>Nothing was refused. Requests with a wrong signature, address or size would be listed here.</Empty>
          )
        }
      >
        {(rows, isNew) => <Table rows={rows} isNew={isNew} />}
      </Pages>
    </>
  );
}

interface TableParts {
  readonly rows: readonly DeliveryView[];
  readonly isNew: (id: string) => boolean;
}

function Table({ rows, isNew }: TableParts) {
  return (
    <ul class="deliveries refused card">
      {rows.map((row) => (
        <li key={row.id} class={isNew(row.id) ? 'fresh' : undefined}>
          <details>
            <summary>
              <When at={row.receivedAt} short />
              <strong>{row.source}</strong>
              <span class="bad">{wordsOf(row.reason ?? 'refused')}</span>
              <span class="quiet">{row.size} bytes</span>
            </summary>
            <dl class="facts headers">
              {row.headers.map(([name, value], index) => (
                <div key={index}>
                  <dt class="mono">{name}</dt>
                  <dd class="mono">{value}</dd>
                </div>
              ))}
            </dl>
            {row.body && (
              <>
                <h4>{row.body.truncated ? 'The first bytes' : 'Body'}</h4>
                <pre class="value-box">{row.body.text}</pre>
              </>
            )}
          </details>
        </li>
      ))}
    </ul>
  );
}
