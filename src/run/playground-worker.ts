// The playground's thread: whatever a pasted text does to the parser or the evaluator, only this thread pays for it.

import { parentPort, workerData } from 'node:worker_threads';
import { findConnectors } from '../connect/find.ts';
import type { Settings } from '../core/settings.ts';
import { complete } from '../workflow/completion/complete.ts';
import { checkText, tryText, type LookParts, type PlaygroundAnswer, type PlaygroundCall } from './playground-look.ts';

const { pluginsDir, settings } = workerData as { readonly pluginsDir: string; readonly settings: Settings };
const catalog = await findConnectors({ pluginsDir });

parentPort?.on('message', (call: PlaygroundCall) => {
  void answer(call).then((value) => parentPort?.postMessage({ id: call.id, value } satisfies PlaygroundAnswer, []));
});
parentPort?.postMessage('ready', []);

function answer(call: PlaygroundCall): Promise<unknown> {
  const parts: LookParts = { catalog, settings, now: call.now };
  if (call.verb === 'check') return checkText(call.text, parts);
  return call.verb === 'complete' ? complete(call.text, call.offset, catalog) : tryText(call.text, call.event, parts);
}
