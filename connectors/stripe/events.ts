// The events of Stripe that come with a sample; all others are accepted just the same.

import type { EventDefinition, SampleSeed, Schema } from 'hookline/plugin';

const data: Schema = {
  type: 'object',
  required: ['object'],
  properties: {
    object: { type: 'object', additionalProperties: true, description: 'What the event is about.' },
    previous_attributes: { type: 'object', additionalProperties: true, description: 'What it was before an update.' },
  },
};

const body: Schema = {
  type: 'object',
  required: ['id', 'type', 'created', 'data'],
  properties: {
    id: { type: 'string' },
    type: { type: 'string' },
    created: { type: 'integer', description: 'Unix seconds.' },
    livemode: { type: 'boolean' },
    data,
  },
  additionalProperties: true,
};

function event(type: string, description: string, object: Record<string, unknown>): EventDefinition {
  const sample = (seed: SampleSeed) => ({
    id: `evt_${seed.id.replaceAll('-', '')}`,
    object: 'event',
    api_version: '2026-09-30',
    created: Math.floor(Date.parse(seed.at) / 1000),
    type,
    livemode: false,
    pending_webhooks: 1,
    data: { object },
  });
  return { description, data, body, samples: { json: sample } };
}

export const events: { readonly [type: string]: EventDefinition } = {
  'payment_intent.succeeded': event('payment_intent.succeeded', 'A payment went through.', {
    id: 'pi_3PqK2e',
    object: 'payment_intent',
    amount: 4900,
    currency: 'usd',
    customer: 'cus_QhX1',
    status: 'succeeded',
  }),
  'invoice.paid': event('invoice.paid', 'An invoice was paid.', {
    id: 'in_1PqK2e',
    object: 'invoice',
    amount_paid: 4900,
    currency: 'usd',
    customer: 'cus_QhX1',
    customer_email: 'maria@example.com',
    number: 'A-1042',
    status: 'paid',
  }),
};
