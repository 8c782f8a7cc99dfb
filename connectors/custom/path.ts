// Reads `body.a.b` and `headers.x-name` of a delivery, the way a `custom` source names where its type and ids are.

import type { ReceivedDelivery } from 'hookline/plugin';

/** Own properties only; undefined where there is none. */
export function readPath(delivery: ReceivedDelivery, path: string): unknown {
  const [root, ...names] = path.split('.');
  if (root === 'headers') return delivery.headers.get(names.join('.').toLowerCase())?.[0];
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    delivery.body,
  );
}

/** The first of several paths that holds text or a number, as text. */
export function readText(delivery: ReceivedDelivery, paths: string | readonly string[] | undefined) {
  for (const path of [paths ?? []].flat()) {
    const value = readPath(delivery, path);
    if (typeof value === 'string' && value !== '') return { path, text: value };
    if (typeof value === 'number' && Number.isFinite(value)) return { path, text: String(value) };
  }
  return undefined;
}
