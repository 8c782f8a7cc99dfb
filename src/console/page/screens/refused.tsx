// Requests that were not taken, with the reason.

import type { DeliveryView } from '../../api/deliveries.ts';
import { Pages } from '../parts/pages.tsx';
import { wordsOf } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading } from '../parts/words.tsx';

export function Refused() {
  return (
    <>
      <Heading title="Refused deliveries" />
      <Pages<DeliveryView>
        path="/deliveries"
        query={{ status: 'refused' }}
        empty={
          <Empty>Nothing was refused. Requests with a wrong signature, address or size would be listed here.</Empty>
        }
      >
        {(rows) => <Table rows={rows} />}
      </Pages>
    </>
  );
}

function Table({ rows }: { readonly rows: readonly DeliveryView[] }) {
  return (
    <ul class="deliveries card">
      {rows.map((row) => (
        <li key={row.id} class="fresh">
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
