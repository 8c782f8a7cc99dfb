// Sample bodies of Truedy's events in the shapes it uses: nested camelCase as it is now, flat snake_case as it was.

import type { SampleSeed } from 'hookline/plugin';

type Sample = (seed: SampleSeed) => unknown;
interface Samples {
  readonly [shape: string]: Sample;
}

const agentId = '5f2c1f0e-8a53-4b7e-9a0e-6f4d1c2b7a90';
const summary =
  'Maria Lopez of Lakeside Dental asked about moving her three locations to the Pro plan. She wants the offer in writing ' +
  'before Friday and prefers to be called back in the morning. The agent agreed to send the offer today.';
const shortSummary = 'Maria Lopez wants a written Pro plan offer for three locations before Friday.';

/** A time so many seconds before the event. */
function before(seed: SampleSeed, seconds: number): string {
  return new Date(Date.parse(seed.at) - seconds * 1000).toISOString();
}

function nested(event: string, data: (seed: SampleSeed) => unknown): Sample {
  return (seed) => ({ event, timestamp: seed.at, data: data(seed) });
}

function flat(event: string, data: (seed: SampleSeed) => unknown): Sample {
  return (seed) => ({ id: `evt_${seed.id.replaceAll('-', '')}`, event, timestamp: seed.at, data: data(seed) });
}

/** The call object as it is at creation; the rest is null until it is known. */
function call(seed: SampleSeed, age: number, known: Record<string, unknown>): Record<string, unknown> {
  return {
    callId: seed.id,
    clientVersion: null,
    created: before(seed, age),
    joined: null,
    ended: null,
    endReason: null,
    billedDuration: null,
    billingStatus: 'BILLING_STATUS_PENDING',
    firstSpeaker: 'FIRST_SPEAKER_AGENT',
    maxDuration: '3600s',
    joinTimeout: '30s',
    shortSummary: null,
    summary: null,
    agent: { agentId, name: 'Front desk' },
    agentId,
    metadata: { contactId: 'C-20417', campaign: 'renewals' },
    medium: { twilio: { outgoing: { to: '+12025550147', from: '+12025550102' } } },
    errorCount: 0,
    recordingEnabled: true,
    ...known,
  };
}

function endedCall(seed: SampleSeed, age: number): Record<string, unknown> {
  return call(seed, age + 150, {
    joined: before(seed, age + 142),
    ended: before(seed, age),
    duration: 142,
    endReason: 'hangup',
    shortSummary,
    summary,
  });
}

function flatCall(seed: SampleSeed, status: string, known: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    call_id: seed.id,
    agent_id: agentId,
    agent_name: 'Front desk',
    direction: 'outbound',
    phone_number: '+12025550147',
    status,
    ...known,
  };
}

const batchId = (seed: SampleSeed) => `batch_${seed.id}`;
const voiceId = (seed: SampleSeed) => `voice_${seed.id}`;
const error = { call: 'The number is not in service.', voice: 'The recording is too short to train a voice.' };
const counts = { totalCount: 120, completedCount: 118, failedCount: 2 };

/** Type → shape → body. */
export const samples: { readonly [type: string]: Samples } = {
  'call.started': {
    nested: nested('call.started', (seed) => ({ call: call(seed, 0, {}) })),
    flat: flat('call.started', (seed) => flatCall(seed, 'started', { started_at: seed.at })),
  },
  'call.joined': {
    nested: nested('call.joined', (seed) => ({ call: call(seed, 8, { joined: seed.at }) })),
    flat: flat('call.joined', (seed) => flatCall(seed, 'joined', { joined_at: seed.at })),
  },
  'call.ended': {
    nested: nested('call.ended', (seed) => ({ event: 'call.ended', call: endedCall(seed, 0) })),
    flat: flat('call.ended', (seed) =>
      flatCall(seed, 'ended', {
        duration_seconds: 142,
        end_reason: 'hangup',
        started_at: before(seed, 150),
        ended_at: seed.at,
        summary,
        short_summary: shortSummary,
        recording_url: `https://recordings.example.com/${seed.id}.mp3`,
      }),
    ),
  },
  'call.failed': {
    nested: nested('call.failed', (seed) => ({
      call: call(seed, 12, { ended: seed.at, endReason: 'connection_error', errorCount: 1 }),
      error_message: error.call,
    })),
    flat: flat('call.failed', (seed) => flatCall(seed, 'failed', { error_message: error.call })),
  },
  'call.billed': {
    nested: nested('call.billed', (seed) => ({
      call: { ...endedCall(seed, 45), billedDuration: '142s', billingStatus: 'BILLING_STATUS_BILLED', costUsd: 0.1183 },
    })),
    flat: flat('call.billed', (seed) =>
      flatCall(seed, 'ended', { duration_seconds: 142, billed_duration: '142s', cost_usd: 0.1183 }),
    ),
  },
  'batch.status.changed': {
    nested: nested('batch.status.changed', (seed) => ({ batchId: batchId(seed), name: 'Renewals', status: 'active' })),
    flat: flat('batch.status.changed', (seed) => ({ batch_id: batchId(seed), name: 'Renewals', status: 'active' })),
  },
  'batch.completed': {
    nested: nested('batch.completed', (seed) => ({ batchId: batchId(seed), status: 'completed', ...counts })),
    flat: flat('batch.completed', (seed) => ({
      batch_id: batchId(seed),
      status: 'completed',
      total_count: counts.totalCount,
      completed_count: counts.completedCount,
      failed_count: counts.failedCount,
    })),
  },
  'voice.training.completed': {
    nested: nested('voice.training.completed', (seed) => ({
      voiceId: voiceId(seed),
      name: 'Front desk',
      providerVoiceId: 'pv_8c21d0',
    })),
    flat: flat('voice.training.completed', (seed) => ({
      voice_id: voiceId(seed),
      name: 'Front desk',
      provider_voice_id: 'pv_8c21d0',
    })),
  },
  'voice.training.failed': {
    nested: nested('voice.training.failed', (seed) => ({ voiceId: voiceId(seed), errorMessage: error.voice })),
    flat: flat('voice.training.failed', (seed) => ({ voice_id: voiceId(seed), error_message: error.voice })),
  },
};
