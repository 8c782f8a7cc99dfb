// The command line: argv → command → exit code.

import { HostError } from './core/errors.ts';
import { printable } from './core/log.ts';
import type { Io } from './cli/client.ts';

type Command = (args: readonly string[], io: Io) => Promise<number>;

interface Entry {
  readonly about: string;
  readonly load: () => Promise<Command>;
}

/** Command → what it does, and its module, loaded only when it is called. */
const commands: Readonly<Record<string, Entry>> = {
  dev: {
    about: 'everything on a temporary store with sandboxes; needs no credentials',
    load: async () => (await import('./cli/dev.ts')).dev,
  },
  serve: { about: 'production', load: async () => (await import('./cli/serve.ts')).serve },
  check: {
    about: 'every problem of the workflow file, with its place',
    load: async () => (await import('./cli/check.ts')).check,
  },
  try: {
    about: 'what the workflow file would do with an event; sends nothing',
    load: async () => (await import('./cli/try.ts')).try,
  },
  test: {
    about: 'runs the tests beside the workflow file, offline',
    load: async () => (await import('./cli/test.ts')).test,
  },
  capture: {
    about: 'turns a stored event into a test, with fakes for personal data',
    load: async () => (await import('./cli/capture.ts')).capture,
  },
  plan: {
    about: 'what a new workflow file would do differently with the events of the past',
    load: async () => (await import('./cli/plan.ts')).plan,
  },
  why: {
    about: 'which workflows took an event, and why the others did not',
    load: async () => (await import('./cli/why.ts')).why,
  },
  schema: {
    about: 'writes workflows.schema.json for editors',
    load: async () => (await import('./cli/schema.ts')).schema,
  },
  send: {
    about: 'signs a sample event as the source would and posts it',
    load: async () => (await import('./cli/send.ts')).send,
  },
  events: { about: 'lists events, or shows one', load: async () => (await import('./cli/events.ts')).events },
  runs: {
    about: 'lists runs, or shows one with steps and attempts',
    load: async () => (await import('./cli/runs.ts')).runs,
  },
  retry: { about: 'goes on at the failed step of a run', load: async () => (await import('./cli/retry.ts')).retry },
  replay: { about: 'runs an event again as new', load: async () => (await import('./cli/replay.ts')).replay },
  resolve: {
    about: 'answers a step in doubt: it happened, or do it again',
    load: async () => (await import('./cli/resolve.ts')).resolve,
  },
  cancel: { about: 'cancels a run', load: async () => (await import('./cli/cancel.ts')).cancel },
  pause: { about: 'holds the runs of a connection', load: async () => (await import('./cli/pause.ts')).pause },
  resume: { about: 'lets a connection go on', load: async () => (await import('./cli/resume.ts')).resume },
  'migrate-store': {
    about: 'copies the embedded store into PostgreSQL',
    load: async () => (await import('./cli/migrate-store.ts')).migrateStore,
  },
  backup: {
    about: 'copies the store into one file, also while Hookline runs',
    load: async () => (await import('./cli/backup.ts')).backup,
  },
  reload: {
    about: 'makes the running Hookline load its workflow file anew',
    load: async () => (await import('./cli/reload.ts')).reload,
  },
  sandbox: {
    about: 'lists what the sandboxes of `dev` hold',
    load: async () => (await import('./cli/sandbox.ts')).sandbox,
  },
};

const io: Io = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  color: process.stdout.isTTY && !process.env['NO_COLOR'],
  env: process.env,
  cwd: process.cwd(),
};

// `hookline runs | head`, or a terminal that was closed: who reads no further is no reason to fail.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...args] = argv;
  if (name === 'help' || name === '--help' || name === '-h') return help();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const { nearest } = await import('./workflow/suggest.ts');
    const near = nearest(name, Object.keys(commands));
    io.err(`"${printable(name)}" is no command${near ? `; did you mean "${near}"?` : '.'}`);
    io.err('Run "hookline help" for the list.');
    return 2;
  }
  try {
    const run = await command.load();
    return await run(args, io);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    io.err(`${error.message}.`);
    if (error.help) io.err(error.help);
    return error.exit;
  }
}

function help(): number {
  io.out('Hookline: signed webhooks in, records, mails and messages out, nothing lost in between.');
  io.out('');
  for (const [name, { about }] of Object.entries(commands)) io.out(`  hookline ${name.padEnd(13)} ${about}`);
  io.out('');
  io.out('Each command explains itself with --help. Start with "hookline dev".');
  return 0;
}
