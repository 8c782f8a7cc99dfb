// The requests behind an event, with their headers; secrets never got this far.

import type { DeliveryView } from '../../api/deliveries.ts';
import { Status } from './status.tsx';
import { When } from './when.tsx';

export function Deliveries({ rows, more }: { readonly rows: readonly DeliveryView[]; readonly more: boolean }) {
  return (
    <section aria-label="Deliveries">
      <header>
        <h2>
          Deliveries <span class="quiet small">{more ? `the last ${rows.length}` : rows.length}</span>
        </h2>
      </header>
      <ul class="deliveries card">
        {rows.map((row) => (
          <li key={row.id}>
            <details>
              <summary>
                <Status status={row.status} />
                <When at={row.receivedAt} short />
                <span class="quiet">{row.size} bytes</span>
                {row.body && row.status === 'duplicate' && <span class="doubt">its body differs from the first</span>}
              </summary>
              <dl class="facts headers">
                {row.headers.map(([name, value], index) => (
                  <div key={index}>
                    <dt class="mono">{name}</dt>
                    <dd class="mono">{value}</dd>
                  </div>
                ))}
              </dl>
              {row.body && <pre class="value-box">{row.body.text}</pre>}
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
