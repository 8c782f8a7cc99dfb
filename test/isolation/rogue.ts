// A connector that misbehaves in every way there is, as the event says; and a well-behaved one beside it.

export const roguePlugin = `
import { defineAction, defineConnector } from 'hookline/plugin';
const ways = {
  throws: () => { throw new Error('thrown at once'); },
  rejects: async () => { throw new Error('rejected'); },
  never: () => new Promise(() => undefined),
  timer: () => { setTimeout(() => { throw new Error('thrown in a timer'); }, 5); return new Promise(() => undefined); },
  unheard: () => { void (async () => { await null; throw new Error('rejected unheard'); })(); return new Promise(() => undefined); },
  socket: () => { import('node:net').then(({ connect }) => connect(1, '127.0.0.1')); return new Promise(() => undefined); },
  exits: () => { process.exit(3); },
  loops: async () => { await null; for (;;); },
  grows: () => { const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length)); },
};
const act = (effect) => defineAction({
  description: 'Does as it is told.',
  input: { type: 'object', properties: { way: { type: 'string' } }, required: ['way'] },
  output: { type: 'object' },
  effect,
  run: async (client, { way }) => (ways[way.split('-')[0]] ?? (async () => ({})))(),
});
export default defineConnector({
  name: 'rogue',
  description: 'Misbehaves.',
  settings: { type: 'object' },
  connect: () => ({}),
  actions: { act: act('once'), again: act('keyed') },
});
`;

/** Throws at a signal, where nobody can tell whose code it is. */
export const strayPlugin = `process.on('SIGUSR2', () => { throw new Error('nobody knows whose'); });\n${roguePlugin}`;

export const rogueWorkflow = `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
connections:
  bad: { uses: rogue }
  good: { uses: rogue }
workflows:
  bad:
    on: truedy:call.ended
    if: '!event.data.call.callId.includes("keyed")'
    steps:
      - { id: act, uses: bad.act, with: { way: "\${{ event.data.call.callId }}" } }
  keyed:
    on: truedy:call.ended
    if: event.data.call.callId.includes("keyed")
    steps:
      - { id: act, uses: bad.again, with: { way: "\${{ event.data.call.callId }}" } }
  good:
    on: truedy:call.ended
    steps:
      - { id: note, uses: good.again, with: { way: fine } }
`;
