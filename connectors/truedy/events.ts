// Truedy's catalogue: every documented event with its schemas and a sample in each shape.

import type { EventDefinition, Schema } from 'hookline/plugin';
import { samples } from './samples.ts';
import { batchData, callBody, callData, subjectBody, voiceData } from './schemas.ts';

function event(type: string, description: string, data: Schema, body: Schema): EventDefinition {
  return { description, data, body, samples: samples[type] ?? {} };
}

const call = (type: string, description: string, names: readonly string[] = [type]) =>
  event(type, description, callData, callBody(names));
const batch = (type: string, description: string) =>
  event(type, description, batchData, subjectBody(type, ['batchId', 'batch_id']));
const voice = (type: string, description: string) =>
  event(type, description, voiceData, subjectBody(type, ['voiceId', 'voice_id']));

export const events: { readonly [type: string]: EventDefinition } = {
  'call.started': call('call.started', 'A call was created; nobody has answered yet.'),
  'call.joined': call('call.joined', 'Somebody joined the call.'),
  'call.ended': call(
    'call.ended',
    'A call is over, also one that nobody joined ("unjoined", without a summary). Billing may still be unknown.',
    ['call.ended', 'call.completed'],
  ),
  'call.failed': call('call.failed', 'A call could not be made.'),
  'call.billed': call('call.billed', 'The cost of a call is known.'),
  'batch.status.changed': batch(
    'batch.status.changed',
    'A batch of calls has a new status; comes many times for one batch.',
  ),
  'batch.completed': batch('batch.completed', 'All calls of a batch are done.'),
  'voice.training.completed': voice('voice.training.completed', 'A trained voice is ready.'),
  'voice.training.failed': voice('voice.training.failed', 'A voice could not be trained.'),
};
