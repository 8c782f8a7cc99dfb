// JSON Schemas of Truedy's events: of `event.data` as Hookline maps it, and of the bodies as they are sent.

import type { Schema } from 'hookline/plugin';

const text = (description: string): Schema => ({ type: 'string', description });
const person = (personal: NonNullable<Schema['personal']>, description: string): Schema => ({
  type: 'string',
  personal,
  description,
});
const number = (description: string): Schema => ({ type: 'number', description });
const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const time = (description: string): Schema => ({ type: 'string', format: 'date-time', description });
const open = (description: string): Schema => ({ type: 'object', additionalProperties: true, description });

const call: Schema = {
  type: 'object',
  required: ['callId'],
  properties: {
    callId: text('Id of the call; the same in all of its events.'),
    agent: {
      type: 'object',
      description: 'The voice agent that led the call.',
      properties: { agentId: text('Id of the agent.'), name: person('none', 'Name of the agent.') },
    },
    agentId: text('Id of the agent, where it is sent beside the agent; read `agent.agentId`.'),
    agentName: person('none', 'Name of the agent, where it is sent beside the agent; read `agent.name`.'),
    created: time('When the call was created.'),
    joined: time('When somebody joined; absent when nobody did.'),
    ended: time('When the call ended.'),
    duration: number('Length in seconds; from joining to the end when the sender gives none.'),
    endReason: {
      type: 'string',
      description: '"unjoined": nobody answered, so there is no summary.',
      enum: ['unjoined', 'hangup', 'agent_hangup', 'timeout', 'connection_error', 'system_error', 'completed'],
    },
    status: text('Status of the call as Truedy names it.'),
    direction: text('"inbound" or "outbound".'),
    phoneNumber: person('phone', 'Number of the other side.'),
    to: person('phone', 'Number that was called.'),
    from: person('phone', 'Number that called.'),
    summary: person('text', 'What was said and agreed.'),
    shortSummary: person('text', 'The same in one sentence.'),
    sentiment: text('Mood of the call.'),
    isSuccess: { type: 'boolean', description: 'Whether the call reached its aim.' },
    structuredData: open('What the agent was told to collect.'),
    context: open('What the agent knew.'),
    transcript: person('text', 'The whole text, where the sender includes it.'),
    recordingUrl: text('Where the recording is.'),
    transcriptUrl: text('Where the transcript is.'),
    costUsd: number('Cost in US dollars; may come only with call.billed.'),
    costCredits: number('Cost in credits.'),
    billedDuration: text('Billed length as text, such as "142s".'),
    billedSideInputTokens: count('Billed tokens.'),
    billedSideOutputTokens: count('Billed tokens.'),
    billingStatus: text('Such as "BILLING_STATUS_BILLED".'),
    metadata: open('What was given when the call was placed.'),
    medium: open('How the call was connected; the numbers are below it.'),
    sipDetails: open('Of a SIP call.'),
    firstSpeaker: text('Who spoke first.'),
    firstSpeakerSettings: open('How the first words were chosen.'),
    initialState: open('State that the call began with.'),
    initialOutputMedium: text('Voice or text.'),
    systemPrompt: text('Instructions of the agent.'),
    languageHint: text('Language that was expected.'),
    voice: text('Voice of the agent.'),
    model: text('Model of the agent.'),
    temperature: number('Of the model.'),
    timeExceededMessage: text('What is said at the longest duration.'),
    maxDuration: text('Longest duration as text, such as "3600s".'),
    joinTimeout: text('How long joining was waited for, such as "30s".'),
    errorCount: count('Errors during the call.'),
    recordingEnabled: { type: 'boolean', description: 'Whether the call was recorded.' },
    clientVersion: text('Of the client that joined.'),
  },
};

const ofEvent = {
  id: text('Id of this event, where it has one.'),
  eventId: text('Id of this event, where it has one.'),
  event: text('Name of the event as it was before it was normalised.'),
  timestamp: text('Time inside the data.'),
} as const;

/** `event.data` of every call event. */
export const callData: Schema = {
  type: 'object',
  required: ['call'],
  properties: { ...ofEvent, call, errorMessage: text('What went wrong.'), data: open('Data inside the data.') },
};

export const batchData: Schema = {
  type: 'object',
  required: ['batchId'],
  properties: {
    ...ofEvent,
    batchId: text('Id of the batch.'),
    name: person('none', 'Name of the batch.'),
    status: text('Such as draft, scheduled, active, paused, completed, failed or cancelled.'),
    totalCount: count('Calls in the batch.'),
    completedCount: count('Calls that are done.'),
    failedCount: count('Calls that failed.'),
    updatedAt: text('When the status changed.'),
    metadata: open('What was given with the batch.'),
    errorMessage: text('What went wrong.'),
    data: open('Data inside the data.'),
  },
};

export const voiceData: Schema = {
  type: 'object',
  required: ['voiceId'],
  properties: {
    ...ofEvent,
    voiceId: text('Id of the voice.'),
    providerVoiceId: text('Id of the voice at its provider.'),
    name: person('none', 'Name of the voice.'),
    status: text('Status of the training.'),
    metadata: open('What was given with the voice.'),
    errorMessage: text('What went wrong.'),
    data: open('Data inside the data.'),
  },
};

const id: Schema = { type: ['string', 'integer'] };

function envelope(names: readonly string[], data: Schema): Schema {
  return {
    type: 'object',
    required: ['event', 'data'],
    properties: {
      event: { type: 'string', enum: [...names] },
      timestamp: { type: ['string', 'number'], description: 'When the event was dispatched.' },
      id: { ...id, description: 'Id of the event, in the flat shape.' },
      data,
    },
    additionalProperties: true,
  };
}

/** Bodies of a call event: `data.call.callId`, or `data.call_id` in the flat shape. */
export function callBody(names: readonly string[]): Schema {
  const inner: Schema = {
    type: 'object',
    required: ['callId'],
    properties: { callId: id },
    additionalProperties: true,
  };
  const shape = (name: string, field: Schema): Schema =>
    envelope(names, { type: 'object', required: [name], properties: { [name]: field }, additionalProperties: true });
  return { anyOf: [shape('call', inner), shape('call_id', id), shape('callId', id)] };
}

/** Bodies of a batch or voice event, by the two names of its id. */
export function subjectBody(name: string, idNames: readonly string[]): Schema {
  return {
    anyOf: idNames.map((idName) =>
      envelope([name], {
        type: 'object',
        required: [idName],
        properties: { [idName]: id, status: { type: 'string' } },
        additionalProperties: true,
      }),
    ),
  };
}
