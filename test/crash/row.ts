// One row of the crash matrix: a fault, what held under it, and a control that must fail.

import { startProxy, type Proxy } from '../faults/proxy.ts';
import { createFolder, type Folder } from './hookline.ts';
import { actionNames, sinkPlugin, sinkWorkflow, startSink, type Sink } from './sink.ts';

export interface Outcome {
  /** What was done, in figures. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Violations of the invariants, and anything else that was expected and is not so; empty when all is well. */
  readonly wrong: readonly string[];
  /** The same check where it must fail. */
  readonly control: { readonly what: string; readonly failed: boolean };
}

export interface Row {
  readonly name: string;
  /** One sentence for readers of the report. */
  readonly says: string;
  /** False: another test is its short form. Default true. */
  readonly inShort?: boolean;
  /** Why it cannot be done on this machine; null when it can. */
  readonly impossible?: () => Promise<string | null>;
  readonly run: (size: Size) => Promise<Outcome>;
}

const scale = Number(process.env['CRASH_SCALE'] ?? 1);

/** How many of something that can be done many times: few in short, at least one in full. */
export const many = (size: Size, few: number, all: number): number =>
  size === 'short' ? few : Math.max(1, Math.round(all * scale));

/** Short: a few seconds, for `npm test`. */
export type Size = 'short' | 'full';

export interface Setting {
  readonly sink: Sink;
  /** Stands before the vendor; in use when the setting is `proxied`. */
  readonly proxy: Proxy;
  readonly folder: Folder;
}

export interface GivenSetting {
  /** Default: all. */
  readonly actions?: readonly string[];
  readonly dataDir?: string;
  readonly proxied?: boolean;
}

/** A vendor and a folder whose workflows call it, for as long as `work` takes. */
export async function withSetting<T>(work: (setting: Setting) => Promise<T>, given: GivenSetting = {}): Promise<T> {
  const sink = await startSink();
  const proxy = await startProxy(sink.port);
  const url = given.proxied === true ? `http://127.0.0.1:${proxy.port}` : sink.url;
  const workflows = sinkWorkflow({ url }, ...(given.actions ?? actionNames));
  const folder = createFolder(workflows, { 'sink.ts': sinkPlugin }, given.dataDir);
  try {
    return await work({ sink, proxy, folder });
  } finally {
    await proxy.close();
    await sink.close();
    folder.remove();
  }
}
