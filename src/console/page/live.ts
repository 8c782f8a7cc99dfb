// Keeps what is shown true: the server says that something changed, and what is on the page is read again.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, withQuery, type Failure, type Query } from './api.ts';

type Listener = () => void;

const listeners = new Set<Listener>();
let stream: EventSource | undefined;

/** Calls back when something changed on the server; returns how to stop. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  stream ??= open();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stream?.close();
    stream = undefined;
  };
}

function open(): EventSource {
  const source = new EventSource('./api/changes');
  const tell = () => {
    for (const listener of listeners) listener();
  };
  source.addEventListener('changed', tell);
  // After a break anything may have happened.
  source.addEventListener('open', tell);
  return source;
}

export interface Data<T> {
  /** The last good answer; kept while it is read again. */
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** Shortest time between two readings because of changes. */
const pauseMs = 400;

/** Reads the API and reads again on every change; `null` reads nothing. */
export function useData<T>(path: string | null, query: Query = {}, { live = true } = {}): Data<T> {
  const url = path === null ? null : withQuery(path, query);
  const [state, setState] = useState<{ url: string | null; value?: T; failure?: Failure; loading: boolean }>({
    url,
    loading: url !== null,
  });
  const [turn, setTurn] = useState(0);
  const shown = useRef(url);
  if (shown.current !== url) shown.current = url;
  useEffect(() => {
    if (url === null) return undefined;
    let gone = false;
    const read = async () => {
      const answer = await get<T>(url);
      if (gone || shown.current !== url) return;
      setState((before) =>
        answer.ok
          ? { url, value: answer.value, loading: false }
          : { ...(before.url === url ? before : {}), url, failure: answer.failure, loading: false },
      );
    };
    void read();
    return () => {
      gone = true;
    };
  }, [url, turn]);
  useEffect(
    () => (live && url !== null ? onChange(soon(() => setTurn((before) => before + 1))) : undefined),
    [url, live],
  );
  const current = state.url === url ? state : { loading: url !== null };
  return {
    value: 'value' in current ? current.value : undefined,
    failure: 'failure' in current ? current.failure : undefined,
    loading: current.loading,
    reload: () => setTurn((before) => before + 1),
  };
}

/** At once, then no more often than the pause; the last call is never dropped. */
function soon(call: () => void): () => void {
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (timer !== undefined) return;
    const wait = Math.max(0, last + pauseMs - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = Date.now();
      call();
    }, wait);
  };
}
