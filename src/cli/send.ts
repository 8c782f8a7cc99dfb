// `hookline send`: signs a sample event as its source would and posts it to a running Hookline.

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findConnectors } from '../connect/find.ts';
import { HostError } from '../core/errors.ts';
import { fixedSeed } from '../plugin/define.ts';
import type { SampleSeed, Source } from '../plugin/index.ts';
import { signRequest } from '../plugin/signature.ts';
import { nearest } from '../workflow/suggest.ts';
import { AnswerError, type Io } from './client.ts';
import { oneLine } from './format.ts';
import { createPrinter } from './print.ts';
import { findTarget, type Target } from './send-target.ts';

const help = `hookline send <source> <type>
  Signs a sample event as the source would and posts it. Its id is always the same, so sending it again is a duplicate.

  --new             a fresh event, with an id of its own
  --shape <name>    another shape the sender uses: flat
  --file <file>     this body instead of the sample; the type is then only for its headers
  --url <url>       the receiver, such as http://127.0.0.1:3000; default: "hookline dev" of this folder
  --uses <preset>   with --url: what the source uses, when it has another name
  --secret <text>   with --url: the signing secret; better in HOOKLINE_SECRET or HOOKLINE_SECRET_FILE`;

const options = {
  new: { type: 'boolean' },
  shape: { type: 'string' },
  file: { type: 'string' },
  url: { type: 'string' },
  uses: { type: 'string' },
  secret: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface SendTools {
  readonly fetch: typeof globalThis.fetch;
  readonly uuid: () => string;
  readonly findSource: (name: string, plugins: string) => Promise<Source | undefined>;
}

const systemTools: SendTools = {
  fetch: globalThis.fetch,
  uuid: randomUUID,
  findSource: async (name, plugins) => (await findConnectors({ pluginsDir: plugins })).source(name),
};

/** Exit code 0: accepted or duplicate; 1: refused, or nobody there; 2: a mistake in the command line. */
export async function send(args: readonly string[], io: Io, tools: SendTools = systemTools): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help) {
      io.out(help);
      return 0;
    }
    const [name, type] = positionals;
    if (name === undefined || positionals.length > 2) throw misuse('the form is: hookline send <source> <type>');
    const target = findTarget(io, name, values);
    const source = await tools.findSource(target.uses, target.plugins);
    if (source === undefined) throw misuse(`"${target.uses}" is no source; with --url, --uses names the preset`);
    const now = (io.clock ?? Date.now)();
    const form = formOf(source, target);
    if (form !== 'json' && values.file === undefined)
      throw misuse(`"${name}" takes no JSON; give its body with --file`);
    const content = readContent(source, type, values, io, { id: tools.uuid(), at: new Date(now).toISOString() });
    const answer = await post(tools, target, sign(source, target, type, content, now), content.body);
    return report(io, `${name}${type === undefined ? '' : ` ${type}`}`, answer);
  } catch (error) {
    if (!(error instanceof HostError) && !(error instanceof AnswerError)) throw error;
    io.err(`hookline send: ${error.message}`);
    if (error.help !== '') io.err(error.help);
    return error.exit;
  }
}

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw misuse((error as Error).message);
  }
}

function misuse(what: string): AnswerError {
  return new AnswerError('input.invalid', what, 'See "hookline send --help".');
}

interface Content {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly seed: SampleSeed;
}

/** `fresh`: the seed of `--new`. Without it a file's seed comes from its bytes, so that another file is another event. */
function readContent(source: Source, type: string | undefined, values: Values, io: Io, fresh: SampleSeed): Content {
  if (values.file !== undefined) {
    const body = readFile(resolve(io.cwd, values.file));
    const id = createHash('sha256').update(body).digest('hex').slice(0, 32);
    return { body, seed: values.new ? fresh : { ...fixedSeed, id } };
  }
  const samples = findSamples(source, type);
  const shape = values.shape ?? Object.keys(samples)[0] ?? '';
  const sample = Object.hasOwn(samples, shape) ? samples[shape] : undefined;
  if (sample === undefined) {
    throw misuse(`there is no shape "${shape}" of "${type ?? ''}"; there is ${Object.keys(samples).join(', ')}`);
  }
  const seed = values.new ? fresh : fixedSeed;
  return { body: new TextEncoder().encode(JSON.stringify(sample(seed))), seed };
}

function findSamples(source: Source, type: string | undefined) {
  const types = Object.keys(source.events);
  const event = type !== undefined && Object.hasOwn(source.events, type) ? source.events[type] : undefined;
  if (event !== undefined) return event.samples;
  if (types.length === 0) throw misuse(`"${source.name}" has no samples; give the body with --file`);
  if (type === undefined) throw misuse(`a type is missing; "${source.name}" has ${types.join(', ')}`);
  const near = nearest(type, types);
  const hint = near === undefined ? `it has ${types.join(', ')}` : `did you mean "${near}"?`;
  throw misuse(`"${source.name}" has no sample of "${type}"; ${hint}`);
}

function readFile(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw misuse(`"${file}" cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
}

function formOf(source: Source, { settings }: Target): 'json' | 'form' | 'text' {
  return typeof source.body === 'function' ? source.body(settings) : (source.body ?? 'json');
}

const contentTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain',
} as const;

function sign(
  source: Source,
  target: Target,
  type: string | undefined,
  { body, seed }: Content,
  now: number,
): Record<string, string> {
  const { secret, settings } = target;
  const headers = {
    'content-type': contentTypes[formOf(source, target)],
    ...(type ? source.sampleHeaders?.(type, seed) : {}),
  };
  const scheme = typeof source.scheme === 'function' ? source.scheme(settings) : source.scheme;
  if (scheme?.algorithm === undefined) {
    throw misuse(`"${source.name}" cannot be signed here; its scheme is code, or needs the settings of "hookline dev"`);
  }
  const { publicUrl } = settings as { publicUrl?: unknown };
  const url = typeof publicUrl === 'string' ? publicUrl : new URL(target.url).pathname;
  try {
    return { ...headers, ...signRequest(scheme, { body, secret, now, id: seed.id, url, method: 'POST' }) };
  } catch {
    throw misuse('the secret is not a key of the form this source needs');
  }
}

async function post(tools: SendTools, { url }: Target, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) {
  try {
    const signal = AbortSignal.timeout(15_000);
    const response = await tools.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    return { response, text: await response.text() };
  } catch (error) {
    throw new HostError('admin.unreachable', { url }, { cause: error });
  }
}

/** What to do about the refusals a sender can do something about. */
const advice: Readonly<Record<string, string>> = {
  'signature.mismatch':
    'It was signed with another secret than the running source has; give that one in HOOKLINE_SECRET.',
  'signature.stale': 'Set the clock of this machine or of the receiver right.',
  'signature.future': 'Set the clock of this machine or of the receiver right.',
  'signature.missing': 'The source uses another preset; name it with --uses.',
  'signature.malformed': 'The source uses another preset; name it with --uses.',
  'source.unknown': 'Look at "sources" in the workflow file for its name.',
  'source.fault': 'The log of the running Hookline says what is wrong with this source.',
  'store.unavailable': 'The log of the running Hookline says why; free disk space or mend the volume.',
};

function report(io: Io, what: string, { response, text }: { response: Response; text: string }): number {
  const print = createPrinter(io);
  const delivery = response.headers.get('hookline-delivery');
  const event = oneLine(response.headers.get('hookline-event') ?? '', 60);
  if (delivery === 'accepted') {
    print.line(`${print.status('accepted')}  ${what}  ${event}  see what it did: hookline events ${event}`);
    return 0;
  }
  if (delivery === 'duplicate') {
    print.line(`${print.status('duplicate')}  ${what}  ${event}  is already there; add --new for a fresh one`);
    return 0;
  }
  if (response.ok) {
    print.line(`answered ${response.status}: ${oneLine(text)}`);
    return 0;
  }
  const { reason, message } = readRefusal(text);
  const why = [reason, message].filter((part) => part !== '').join(': ');
  io.err(`${print.status('refused')}  ${what}  ${response.status}${why === '' ? '' : ` ${oneLine(why)}`}`);
  const todo = advice[reason];
  if (todo !== undefined) io.err(todo);
  return 1;
}

function readRefusal(text: string): { reason: string; message: string } {
  try {
    const { reason = '', message = '' } = JSON.parse(text) as { reason?: unknown; message?: unknown };
    return { reason: String(reason), message: String(message) };
  } catch {
    return { reason: '', message: '' };
  }
}
