// `hookline sandbox`: what arrived at the stand-ins of `dev`, each thing as a person would see it.

import type { SandboxAnswer, SandboxItemView } from '../console/api/sandbox.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { brief, clockTime, oneLine } from './format.ts';
import type { Cell, Printer } from './print.ts';

const help = `
hookline sandbox [connection]
  Shows what the sandboxes of "hookline dev" hold: the mails, messages, records and requests that workflows made.

  --limit <count>  how many of each connection, 1 to 200 (20)
  --json           the answer as JSON
`;

export function sandbox(args: readonly string[], io: Io): Promise<number> {
  const options = { limit: { type: 'string' } } as const;
  return runCommand({ name: 'sandbox', help, options, takes: [0, 1] }, args, io, async (given) => {
    const { client, positionals, values, show, print } = given;
    const query = { connection: positionals[0], limit: values.limit ?? '20' };
    const answer = (await client.get('/api/sandbox', query)) as SandboxAnswer;
    show(answer, () => showSandboxes(print, answer, positionals[0]));
  });
}

/** `wanted`: the one connection that was asked for. */
export function showSandboxes(print: Printer, { sandboxes }: SandboxAnswer, wanted: string | undefined): void {
  if (sandboxes.length === 0) {
    const one = wanted === undefined ? 'no sandbox' : `no sandbox for "${oneLine(wanted)}"`;
    return print.line(`There is ${one} here; "hookline dev" runs one for every connection.`);
  }
  for (const [index, { connection, items, total }] of sandboxes.entries()) {
    if (index > 0) print.line();
    const count = total === items.length ? String(total) : `the last ${items.length} of ${total}`;
    print.line(`${print.paint(oneLine(connection), 'bold')} ${print.paint(`(${count})`, 'dim')}`);
    for (const item of items) showItem(print, item);
  }
}

/** The fields of a thing that a person looks at, in this order, and the ones that hold its text; all fields without a form. */
const forms: Readonly<Record<string, { readonly head: readonly string[]; readonly text: readonly string[] }>> = {
  mail: { head: ['from', 'to', 'cc', 'subject', 'attachments'], text: ['text', 'html'] },
  message: { head: ['channel', 'thread_ts', 'blocks'], text: ['text'] },
};

function showItem(print: Printer, item: SandboxItemView): void {
  const at = Date.parse(item.at);
  const time = Number.isNaN(at) ? oneLine(item.at) : clockTime(at);
  print.line(`  ${print.paint(time, 'dim')}  ${oneLine(item.title, 120)}  ${print.paint(oneLine(item.id), 'dim')}`);
  const form = forms[item.kind];
  const rows = (form?.head ?? Object.keys(item.fields)).flatMap((name): Cell[][] => {
    const shown = readable(item.fields[name]);
    return shown === '' ? [] : [[[oneLine(name), 'dim'], shown]];
  });
  print.table(rows, '    ');
  const text = form?.text.map((name) => item.fields[name]).find((value) => typeof value === 'string' && value !== '');
  if (typeof text === 'string') print.block(text, '    │ ', 100);
}

/** A value as a person writes it: `Ann <ann@example.com>, bob@example.com`, `notes.pdf (12 kB)`; nothing for an empty one. */
function readable(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (Array.isArray(value) && value.every((part) => part !== null && typeof part === 'object')) {
    return oneLine(value.map(readable).join(', '), 300);
  }
  if (typeof value !== 'object') return brief(value, 300);
  const { name, address, filename, size } = value as Record<string, unknown>;
  if (typeof address === 'string')
    return oneLine(typeof name === 'string' && name !== '' ? `${name} <${address}>` : address);
  if (typeof filename === 'string' && typeof size === 'number') return oneLine(`${filename} (${size} bytes)`);
  return brief(value, 300);
}
