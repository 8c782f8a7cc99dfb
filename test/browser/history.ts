// What has happened before a browser looks: every state an event, a run, a step, an attempt and a connection can be in.

import type { Stage } from './stage.ts';

export interface History {
  /** Ids of runs. */
  readonly succeeded: string;
  readonly doubt: string;
  readonly waiting: string;
  readonly flaky: string;
  readonly dead: readonly string[];
  readonly credentials: string;
  readonly paused: string;
  readonly pausedWorkflow: string;
  /** Ids of events. */
  readonly call: string;
  readonly small: string;
  readonly pair: string;
  readonly parcel: string;
}

const calls = [
  'Maria Lopez of Lakeside Dental asked about moving her three locations to the Pro plan. She wants the offer in writing before Friday.',
  'Jonas Weber reported that the invoices of October show the old address. It is corrected, and he gets new ones by mail.',
  'Priya Nair confirmed the appointment on Thursday at nine. She brings the signed contract.',
];

export async function makeHistory(stage: Stage, step = 0): Promise<History> {
  const { shop, come, call, pass, api } = stage;
  // These two take their time, beside the others.
  const down = stage.until((one) => one.kind === 'connection' && one.state.status === 'open');
  await shop('refund.requested', { amount: 0, keep: true, as: 'down' });
  const retried = await shop('refund.requested', { amount: 80, as: 'flaky' });
  const events: string[] = [];
  for (const [index, summary] of calls.entries()) {
    const id = `7c9e6679-7425-40de-944b-e07fc1f90a0${index}`;
    events.push(await call(summary, id));
    await come(events[index] ?? '', 'succeeded');
    if (index === 0) await call(summary, id);
    pass(step);
  }
  await call('', '7c9e6679-7425-40de-944b-e07fc1f90aff');
  const dead: string[] = [];
  for (const as of ['unknown account', 'unknown account', 'unknown account', 'too large']) {
    dead.push(await come(await shop('refund.requested', { amount: 120, as }), 'failed'));
    pass(step);
  }
  const flaky = await come(retried, 'succeeded');
  const doubt = await come(await shop('refund.requested', { amount: 49.9, as: 'doubt' }), 'held');
  pass(step);
  const waiting = await come(await shop('refund.requested', { amount: 75, as: 'later' }), 'waiting');
  const credentials = await come(await shop('customer.changed', { customer: 'C-20417' }), 'held');
  for (const total of [180, 240.5, 99]) await shop('order.paid', { order: `O-${total}`, total, country: 'DE' });
  pass(step);
  const small = await shop('order.paid', { order: 'O-17', total: 40, country: 'FR' });
  const pair = await shop('order.paid', { order: 'O-180', total: 180, country: 'DE', again: true });
  await shop('visitor.seen', { page: '/prices' });
  await down;
  await api('/connections/books/pause', {});
  const paused = await come(await shop('order.paid', { order: 'O-300', total: 300, country: 'DE' }), 'held');
  await api('/workflows/sent/pause', {});
  const parcel = await shop('order.sent', { order: 'O-180' });
  const pausedWorkflow = await come(parcel, 'held');
  await refuse(stage);
  pass(step);
  const [first = ''] = events;
  const succeeded = await runOf(stage, first);
  const runs = { succeeded, doubt, waiting, flaky, dead, credentials, paused, pausedWorkflow };
  return { ...runs, call: first, small, pair, parcel };
}

export async function runOf({ api }: Stage, event: string): Promise<string> {
  const { items } = (await api(`/runs?event=${event}`)) as { items: readonly { id: string }[] };
  return items[0]?.id ?? '';
}

async function refuse({ app }: Stage): Promise<void> {
  const post = (path: string, headers: Record<string, string>, body = '{"type":"order.paid"}') =>
    fetch(`${app.url}/webhooks/${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  await post('shop', {});
  await post('shop', { 'x-shop-token': 'guessed-0123456789abcdef0123456789abcdef' });
  await post('nobody', {});
  await post('truedy', { 'x-truedy-timestamp': '1700000000', 'x-truedy-signature': 'f'.repeat(64) });
}
