// A list in pages: the newest stay true by themselves, older ones are fetched on demand.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { get, type Query } from '../api.ts';
import { useData } from '../live.ts';
import { Trouble } from './words.tsx';

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

interface PagesParts<T> {
  readonly path: string;
  readonly query: Query;
  readonly empty: ComponentChildren;
  /** `isNew`: it arrived while the list was looked at. */
  readonly children: (rows: readonly T[], isNew: (id: string) => boolean) => ComponentChildren;
}

/** The key of the element that holds it must change with the query: older pages belong to one list. */
export function Pages<T extends { readonly id: string }>({ path, query, empty, children }: PagesParts<T>) {
  const first = useData<PageOf<T>>(path, query);
  const [older, setOlder] = useState<PageOf<T>>();
  const [busy, setBusy] = useState(false);
  const newest = useRef<string>(undefined);
  if (first.value === undefined)
    return first.failure ? <Trouble failure={first.failure} /> : <p class="loading">Loading…</p>;
  newest.current ??= first.value.items[0]?.id ?? '';
  const isNew = (id: string) => newest.current !== undefined && id > newest.current;
  const known = new Set(first.value.items.map(({ id }) => id));
  const rows = [...first.value.items, ...(older?.items ?? []).filter(({ id }) => !known.has(id))];
  const next = older === undefined ? first.value.next : older.next;
  const more = async () => {
    setBusy(true);
    const answer = await get<PageOf<T>>(path, { ...query, before: next ?? undefined });
    setBusy(false);
    if (!answer.ok) return;
    setOlder({
      items: [...rows, ...answer.value.items].slice(first.value?.items.length ?? 0),
      next: answer.value.next,
    });
  };
  return (
    <>
      {first.failure && <Trouble failure={first.failure} />}
      {rows.length === 0 ? empty : children(rows, isNew)}
      {next !== null && (
        <p class="more">
          <button type="button" disabled={busy} onClick={() => void more()}>
            Older
          </button>
        </p>
      )}
    </>
  );
}
