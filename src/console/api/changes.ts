// Tells the page that something changed, not what: the page reads again what it shows.

export interface Changes {
  /** Something changed; cheap enough for every happening. */
  tell(): void;
  /** Calls back soon after changes, once for many; returns how to stop. */
  watch(listener: (count: number) => void): () => void;
}

/** Changes closer together than this are told once. */
const pauseMs = 200;
/** So long after the last change it is told once more: what was written late, on a slow disk, is seen too. */
const onceMoreMs = 1500;

export function createChanges(): Changes {
  const listeners = new Set<(count: number) => void>();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let late: NodeJS.Timeout | undefined;
  const fire = () => {
    for (const listener of listeners) listener(count);
  };
  const fireSoon = () => {
    timer = undefined;
    fire();
  };
  return {
    tell: () => {
      count += 1;
      if (listeners.size === 0) return;
      timer ??= setTimeout(fireSoon, pauseMs).unref();
      if (late === undefined) late = setTimeout(fire, onceMoreMs).unref();
      else late.refresh();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
