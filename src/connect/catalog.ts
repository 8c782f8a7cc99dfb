// The connectors and sources there are now; plugins are looked for anew whenever the workflow file is.

import type { Log } from '../core/log.ts';
import { findConnectors, type Found } from './find.ts';

export interface Catalogue {
  readonly found: () => Found;
  /** A plugin that was loaded stays as it is until the process starts again. */
  find(): Promise<Found>;
}

/** A plugin that cannot be loaded is told once. */
export async function openCatalogue({
  pluginsDir,
  log,
}: {
  readonly pluginsDir: string;
  readonly log: Log;
}): Promise<Catalogue> {
  const told = new Set<string>();
  const find = async () => {
    const found = await findConnectors({ pluginsDir });
    for (const [name, why] of found.broken) {
      if (!told.has(why)) log.warn(`plugin "${name}" is left out: ${why}`);
      told.add(why);
    }
    return found;
  };
  let found = await find();
  return {
    found: () => found,
    find: async () => {
      found = await find();
      return found;
    },
  };
}
