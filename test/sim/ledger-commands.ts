// Commands for the comparison of a store with the model: each is given to both.

import * as fc from 'fast-check';
import type { HeldReason, RunStatus } from '../../src/core/model.ts';
import type { ClaimedRun, RunUpdate } from '../../src/store/store.ts';
import { attempt, day, delivery, newRun, refusal, step, update } from '../contract/rows.ts';
import { ask, comparePages, compareRun, type Model, type Real } from './ledger-compare.ts';

type Command = fc.AsyncCommand<Model, Real>;

const command = (
  name: string,
  run: (model: Model, real: Real) => Promise<unknown>,
  check: (model: Model) => boolean = () => true,
): Command => ({
  check,
  run: async (model, real) => void (await run(model, real)),
  toString: () => name,
});

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const number = fc.nat(99);
const lane = fc.constantFrom('crm', 'crm', 'crm', 'mail', '*');
const reason = fc.constantFrom<HeldReason>('in_doubt', 'credentials', 'paused', 'missing');
const status = fc.constantFrom<RunStatus>('waiting', 'waiting', 'held', 'succeeded', 'failed', 'canceled');

const accept = fc.tuple(fc.nat(5), fc.nat(2), fc.boolean()).map(([key, body, brief]) =>
  command(`accept ${key}`, async (model, real) => {
    const keepUntil = model.now + (brief ? 1000 : 30 * day);
    const bytes = new TextEncoder().encode(`body ${body}`);
    const item = delivery({ key: `k${key}`, body: bytes, receivedAt: model.now, keepUntil });
    const answer = await ask(model, real, 'accept', [item]);
    const [first] = answer as readonly { readonly value: { readonly status: string } }[];
    if (first?.value.status === 'accepted') model.events.push(item.eventId);
  }),
);

const refuse = fc.constant(
  command('refuse', (model, real) => ask(model, real, 'refuse', [refusal({ receivedAt: model.now })])),
);

const plan = fc.array(fc.tuple(lane, fc.option(fc.nat(2))), { minLength: 1, maxLength: 2 }).map((given) =>
  command(`plan ${JSON.stringify(given)}`, async (model, real) => {
    const found = await ask(model, real, 'pending', 10);
    const plans = (found as readonly { readonly id: string }[]).map(({ id }) => ({
      eventId: id,
      runs: given.map(([lane, unique], index) =>
        newRun(id, { lane, workflow: `w${index}`, dueAt: model.now, unique: unique === null ? null : `u${unique}` }),
      ),
    }));
    const planned = await ask(model, real, 'plan', plans);
    for (const { runs } of planned as readonly { readonly runs: readonly string[] }[]) model.runs.push(...runs);
  }),
);

const replay = fc.tuple(number, lane).map(([which, lane]) =>
  command(
    `replay ${which}`,
    async (model, real) => {
      const run = newRun(at(model.events, which), { workflow: 'w0', lane, dueAt: model.now });
      await ask(model, real, 'replay', run);
      model.runs.push(run.id);
    },
    ({ events }) => events.length > 0,
  ),
);

const claim = fc
  .tuple(lane, fc.integer({ min: 1, max: 3 }), fc.constantFrom('owner-1', 'owner-2'))
  .map(([lane, limit, owner]) =>
    command(`claim ${lane} ${limit}`, async (model, real) => {
      const found = await ask(model, real, 'claim', { now: model.now, owner, lanes: [{ lane, limit }] });
      model.claimed.push(...(found as readonly ClaimedRun[]));
    }),
  );

const changed = fc.record({ status, reason, lane, late: fc.integer({ min: -2000, max: 5000 }) });
type Changed = typeof changed extends fc.Arbitrary<infer T> ? T : never;

function changeOf({ status, reason, lane, late }: Changed, model: Model, run: ClaimedRun['run']): RunUpdate {
  const final = status !== 'waiting' && status !== 'held';
  return update(run, {
    status,
    reason: status === 'held' ? reason : null,
    dueAt: status === 'waiting' ? model.now + late : null,
    endedAt: final ? model.now : null,
    lane,
    steps: [step({ status: status === 'waiting' ? 'waiting' : status, attempts: late & 3 })],
  });
}

const record = fc
  .tuple(number, changed, fc.boolean(), fc.boolean(), fc.boolean())
  .map(([which, given, begins, ends, release]) =>
    command(
      `record ${which} ${JSON.stringify(given)}${begins ? ' begins' : ''}${ends ? ' ends' : ''}${release ? ' releases' : ''}`,
      async (model, real) => {
        const { run, fence } = at(model.claimed, which);
        const old = model.begun.get(run.id);
        const begun = begins ? [attempt(run.id, { begunAt: model.now })] : [];
        const end = {
          status: 'in_doubt',
          endedAt: model.now,
          sent: null,
          output: null,
          error: null,
          retryAfterMs: null,
        } as const;
        const ended = ends && old !== undefined ? [{ ...end, id: old }] : [];
        const item = { runId: run.id, fence, update: changeOf(given, model, run), begun, ended, release };
        await ask(model, real, 'record', [item]);
        if (begun[0]) model.begun.set(run.id, begun[0].id);
      },
      ({ claimed }) => claimed.length > 0,
    ),
  );

const edit = fc.tuple(number, changed, fc.boolean()).map(([which, given, stale]) =>
  command(
    `edit ${which} ${JSON.stringify(given)}`,
    async (model, real) => {
      const found = await ask(model, real, 'run', at(model.runs, which));
      if (!found) return;
      const { run, fence } = found as { readonly run: ClaimedRun['run']; readonly fence: number };
      const item = { runId: run.id, fence: stale ? fence - 1 : fence, update: changeOf(given, model, run) };
      await ask(model, real, 'edit', item);
    },
    ({ runs }) => runs.length > 0,
  ),
);

const recover = fc.tuple(fc.constantFrom('owner-1', 'owner-2'), fc.boolean()).map(([owner, own]) =>
  command(`recover ${owner}${own ? ', its own' : ''}`, (model, real) => {
    const keep = model.claimed.slice(0, 1).map(({ run }) => run.id);
    return own ? ask(model, real, 'recover', owner, model.now, keep) : ask(model, real, 'recover', owner, model.now);
  }),
);

const release = fc
  .tuple(lane, fc.uniqueArray(reason))
  .map(([lane, reasons]) =>
    command(`release ${lane} ${reasons.join()}`, (model, real) =>
      ask(model, real, 'release', lane, reasons, model.now),
    ),
  );

const wait = fc.constantFrom(500, 5000, day, 40 * day).map((ms) =>
  command(`wait ${ms}`, async (model) => {
    model.now += ms;
  }),
);

const prune = fc.constant(
  command('prune', async (model, real) => {
    const keep = { succeededMs: day, failedMs: 2 * day, deliveriesMs: day };
    // How many rows that takes is the store's own business; what is left is not.
    while ((await real.store().prune(model.now, keep)) > 0);
    while (model.ledger.prune(model.now, keep) > 0);
    await comparePages(model, real);
  }),
);

const look = number.map((which) =>
  command(`look ${which}`, async (model, real) => {
    await comparePages(model, real);
    if (model.runs.length > 0) await compareRun(model, real, at(model.runs, which));
  }),
);
const reopen = fc.constant(command('reopen', (_, real) => real.reopen()));

const many = { maxCommands: 50, size: 'max' } as const;
const kinds = [accept, refuse, plan, replay, claim, record, edit, recover, release, wait, prune, look, reopen];

/** Everything that can be asked of a store; what makes other things possible comes twice. */
export const commands = fc.commands([...kinds, accept, plan, claim, record], many);

/** Only the life of runs between two owners, so that their quarrels are frequent. */
export const quarrels = fc.commands([accept, plan, claim, recover, record, look], many);
