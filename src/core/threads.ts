// What every thread of ours is started with.

import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** A thread has a compile cache only by its environment; without one it loads the TypeScript compiler: 30 MB and 100 ms. */
export function threadEnv(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}
