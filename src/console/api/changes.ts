// Tells the page that something changed, not what: the page reads again what it shows.

export interface Changes {
  /** Something changed; cheap enough for every happening. */
  tell(): void;
  /** Calls back soon after changes, once for many; returns how to stop. */
  watch(listener: (count: number) => void): () => void;
}

/** Changes closer together than this are told once. */
const pauseMs = 200;

export function createChanges(): Changes {
  const listeners = new Set<(count: number) => void>();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const fire = () => {
    timer = undefined;
    for (const listener of listeners) listener(count);
  };
  return {
    tell: () => {
      count += 1;
      if (listeners.size > 0) timer ??= setTimeout(fire, pauseMs).unref();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
