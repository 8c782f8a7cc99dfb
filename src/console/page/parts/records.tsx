// A table of records: the fields that people filled in, and those the system keeps on demand.

import type { SandboxItemView } from '../../api/sandbox.ts';
import { Json } from './json.tsx';
import { When } from './when.tsx';

export function Records({ items }: { readonly items: readonly SandboxItemView[] }) {
  return (
    <ul class="deliveries card">
      {items.map((item) => (
        <li key={item.id} class="fresh">
          <details>
            <summary>
              <When at={item.at} short />
              <strong>{item.title}</strong>
            </summary>
            <Json value={item.fields} open={2} />
          </details>
        </li>
      ))}
    </ul>
  );
}
