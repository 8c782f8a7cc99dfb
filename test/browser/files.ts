// What the console is tested on: a workflow file in which everything can happen, and a connector that does as it is told.

/** `as`: how it ends; `fail:` and `doubt:` take any words. What is in `world.mended` ends well whatever it is told. */
export const toy = `
import { ConnectionError, defineAction, defineConnector, PermanentError, RetryableError, UnknownOutcomeError } from 'hookline/plugin';
const world = globalThis.stageWorld;
const call = defineAction({
  description: 'Ends as it is told.',
  input: { type: 'object', properties: { as: { type: 'string' }, note: {} }, required: ['as'] },
  output: { type: 'object', properties: { receipt: { type: 'string' } }, required: ['receipt'] },
  effect: 'once',
  run: async ({ name }, { as }, attempt) => {
    world.calls.push(name + ' ' + as);
    if (world.mended.has(as) || as === 'ok') return { receipt: 'R-' + attempt.key.slice(0, 6) };
    if (as === 'unknown account') throw new PermanentError('account "4711" does not exist', { code: 'account.unknown' });
    if (as === 'too large') throw new PermanentError('the amount is above the limit of 500.00', { code: 'amount.limit' });
    if (as.startsWith('fail:')) throw new PermanentError(as.slice(5) + ' is refused', { code: 'refused.' + as.slice(5, 12) });
    if (as === 'later') throw new RetryableError('the ledger is being closed for the day', { retryAfterMs: 5_400_000 });
    if (as.startsWith('doubt')) throw new UnknownOutcomeError('the connection was reset after the request had left', { code: 'ECONNRESET' });
    if (as.startsWith('no entry')) throw new ConnectionError('the API key was refused', { code: 'key.refused' });
    if (as === 'flaky' && attempt.number < 20) throw new RetryableError('503 Service Unavailable', { retryAfterMs: 1 });
    if (as === 'down') throw new RetryableError('connection refused', { code: 'ECONNREFUSED' });
    return { receipt: 'R-' + attempt.key.slice(0, 6) };
  },
});
export default defineConnector({
  name: 'ledger', description: 'A ledger that does as it is told.',
  settings: { type: 'object', properties: { name: { type: 'string' }, key: { type: 'string' } }, required: ['name'] },
  connect: (settings) => settings,
  check: async ({ name, key }) => {
    if (key !== undefined && !world.mended.has(key)) throw new ConnectionError('the API key was refused', { code: 'key.refused' });
  },
  sandbox: async () => ({
    startSandbox: async ({ settings }) => ({ settings, hosts: [], list: () => [], close: async () => undefined }),
  }),
  actions: { call },
});
`;

const secret = (name: string) => `\${{ secrets.${name} }}`;
const value = (text: string) => `\${{ ${text} }}`;

export const workflows = `version: 1

env:
  OWNER: owner@example.com

sources:
  truedy: { uses: truedy, secrets: ["${secret('TRUEDY')}"] }
  shop:
    uses: custom
    secrets: ["${secret('SHOP')}"]
    with:
      algorithm: token
      signature: { header: x-shop-token }
      event: { type: body.type, id: body.id, data: body.data }
    events: { refund.requested: any, order.paid: any, order.sent: any, stock.low: any, partner.joined: any, customer.changed: any }

connections:
  crm:
    uses: salesforce
    with: { loginUrl: "https://example.my.salesforce.com", clientId: "${secret('SF_ID')}", clientSecret: "${secret('SF_SECRET')}" }
  mail:
    uses: email
    with: { host: smtp.example.com, port: 587, user: calls, password: "${secret('SMTP')}", from: calls@example.com }
  chat: { uses: slack, with: { token: "${secret('SLACK')}" } }
  bank: { uses: ledger, with: { name: bank } }
  books: { uses: ledger, with: { name: books } }
  archive: { uses: ledger, with: { name: archive } }
  legacy: { uses: ledger, with: { name: legacy, key: no entry } }
  partner: { uses: ledger, with: { name: partner, key: "no entry: partner" }, concurrency: 3, rate: 600/min }

workflows:
  call-summary:
    description: Push the summary of every answered call to the CRM, the account owner and the team.
    on: truedy:call.ended
    unique: event.data.call.callId
    if: event.data.call.endReason != "unjoined" && (event.data.call.summary ?? "") != ""
    steps:
      - id: log
        uses: crm.upsert-record
        with:
          object: Task
          externalId: { field: Truedy_Call_Id__c, value: "${value('event.data.call.callId')}" }
          record:
            Subject: Call with ${value('event.data.call.agent.name ?? "an agent"')}
            Description: ${value('event.data.call.summary')}
            CallDurationInSeconds: ${value('event.data.call.duration ?? 0')}
      - id: tell
        uses: mail.send
        with:
          to: [{ address: "${value('env.OWNER')}" }]
          subject: Call summary (${value('formatDuration(event.data.call.duration ?? 0)')})
          text: |
            ${value('event.data.call.summary')}

            Salesforce task: ${value('steps.log.output.id')}
      - id: post
        uses: chat.post-message
        needs: [log]
        with: { channel: "#calls", text: "${value('event.data.call.summary')}" }

  refund:
    description: Pay a refund back, and keep its receipt.
    on: shop:refund.requested
    if: event.data.amount > 0
    steps:
      - id: pay
        uses: bank.call
        with: { as: "${value('event.data.as')}", note: "refund of ${value('event.data.amount')}" }
      - id: keep
        uses: bank.call
        with: { as: ok, note: "${value('steps.pay.output.receipt')}" }

  order:
    description: Orders above 100 go into the books, once each.
    on: shop:order.paid
    unique: event.data.order
    if: event.data.total > 100 && event.data.country == "DE"
    steps:
      - id: book
        uses: books.call
        with: { as: '${value('event.data.as ?? "ok"')}' }

  customer:
    description: Every change of a customer goes to the old system.
    on: shop:customer.changed
    steps:
      - id: copy
        uses: legacy.call
        with: { as: '${value('event.data.as ?? "no entry"')}' }

  sent:
    description: Every parcel that leaves is written down.
    on: shop:order.sent
    steps:
      - id: note
        uses: bank.call
        with: { as: ok }

  stock:
    description: What runs low is ordered again.
    on: shop:stock.low
    steps:
      - id: order
        uses: bank.call
        with: { as: ok }

  join:
    description: A new partner is told of what is sold.
    on: shop:partner.joined
    steps:
      - id: tell
        uses: partner.call
        with: { as: "no entry: partner" }

  keep:
    description: Every refund is kept for ten years.
    on: shop:refund.requested
    if: event.data.keep == true
    steps:
      - id: store
        uses: archive.call
        with: { as: "${value('event.data.as')}" }
`;
