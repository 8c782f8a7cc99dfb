// The body of an answer as it arrives: held back while nobody reads it, ended by whatever comes first.

import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;

export interface Arrival {
  /** The request is about to be written; false: it is over already, and nothing will be. */
  begin(controller: Controller): boolean;
  add(chunk: Buffer): void;
  end(): void;
  /** Ends the request, and whoever reads gets the error. Returns the one that it failed with, which may be an earlier one. */
  readonly fail: (error: unknown) => unknown;
  /** All of it once it is here; undefined before. */
  whole(): readonly Buffer[] | undefined;
  chunks(): AsyncGenerator<Buffer, undefined>;
}

/** Bytes that may wait for their reader before the sender has to. */
const mostWaiting = 65_536;

/** `over` is called once, with the error if it failed. */
export function createArrival(over: (failure?: { readonly error: unknown }) => void): Arrival {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let end: { readonly error?: unknown } | undefined;
  let controller: Controller | undefined;
  let more = Promise.withResolvers<void>();
  const take = (): Buffer | undefined => {
    const chunk = waiting.shift();
    bytes -= chunk?.byteLength ?? 0;
    if (end === undefined && controller?.paused === true && bytes < mostWaiting) controller.resume();
    return chunk;
  };
  return {
    begin: (given) => {
      controller = given;
      if (end !== undefined) given.abort(aborted);
      return end === undefined;
    },
    add: (chunk) => {
      waiting.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= mostWaiting) controller?.pause();
      more.resolve();
    },
    end: () => {
      end ??= {};
      more.resolve();
      over();
    },
    fail: (error) => {
      if (end !== undefined) return 'error' in end ? end.error : error;
      end = { error };
      controller?.abort(aborted);
      more.resolve();
      over({ error });
      return error;
    },
    whole: () => (end !== undefined && !('error' in end) ? waiting : undefined),
    chunks: async function* () {
      for (;;) {
        if (end !== undefined && 'error' in end) throw end.error;
        const chunk = take();
        if (chunk !== undefined) yield chunk;
        else if (end !== undefined) return undefined;
        else await (more = Promise.withResolvers()).promise;
      }
    },
  };
}

const aborted = new Error('the request is over');
