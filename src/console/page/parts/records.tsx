// A table of records: the fields that were filled in as columns, everything else on demand.

import type { SandboxItemView } from '../../api/sandbox.ts';
import { Json } from './json.tsx';
import { When } from './when.tsx';

/** What the system keeps about each record by itself. */
const kept = /^(Id|attributes|SystemModstamp|IsDeleted|(Created|LastModified)(Date|ById)|OwnerId|note)$/;
const mostColumns = 3;

export function Records({ items }: { readonly items: readonly SandboxItemView[] }) {
  const kinds = Map.groupBy(items, ({ title }) => title.split(' ', 1)[0] ?? '');
  return (
    <div class="stack close">
      {[...kinds].map(([kind, rows]) => (
        <Kind key={kind} kind={kind} rows={rows} />
      ))}
    </div>
  );
}

function Kind({ kind, rows }: { readonly kind: string; readonly rows: readonly SandboxItemView[] }) {
  const names = columnsOf(rows);
  return (
    <div class="scroll">
      <table class="records">
        <caption>{kind}</caption>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name.replace(/__c$/, '')}
              </th>
            ))}
            <th scope="col">Created</th>
            <th scope="col">All fields</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, at, fields }) => (
            <tr key={id}>
              {names.map((name) => (
                <td key={name}>
                  <div class="cut">{shown(fields[name])}</div>
                </td>
              ))}
              <td>
                <When at={at} short />
              </td>
              <td>
                <details>
                  <summary class="fold">show</summary>
                  <Json value={fields} open={1} />
                </details>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Those that most records have come first. */
function columnsOf(rows: readonly SandboxItemView[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { fields } of rows) {
    for (const [name, value] of Object.entries(fields)) {
      if (!kept.test(name) && value !== null && typeof value !== 'object')
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const names = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.slice(0, mostColumns);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
