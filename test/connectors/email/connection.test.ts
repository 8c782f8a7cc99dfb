// The e-mail connection: its check, its encryption, its sandbox, and when the mail library is loaded.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import email from '../../../connectors/email/index.ts';
import { type MailSandbox, startSandbox } from '../../../connectors/email/sandbox.ts';
import { createAttempt } from '../../../src/plugin/testing.ts';

const { log } = createAttempt();
const tools = { fetch, log, now: Date.now };
const open = (settings: Record<string, unknown> = {}): Promise<MailSandbox> =>
  startSandbox({ strict: true, now: Date.now, log, settings });
const mail = { to: [{ address: 'owner@example.com' }], subject: 'Call summary', text: 'It went well.' };

/** Sends one mail and closes the connection again. */
async function send(settings: Record<string, unknown>): Promise<unknown> {
  const client = await email.connect({ timeoutMs: 500, ...settings }, tools);
  try {
    return await email.actions['send']?.run(client, mail, createAttempt());
  } finally {
    await email.close?.(client);
  }
}

async function check(settings: Record<string, unknown>): Promise<void> {
  const client = await email.connect({ timeoutMs: 500, ...settings }, tools);
  try {
    await email.check?.(client);
  } finally {
    await email.close?.(client);
  }
}

describe('email check', () => {
  it('passes, and tells refused logins from servers that are away', async () => {
    const sandbox = await open();
    await check(sandbox.settings);
    expect(sandbox.list()).toEqual([]);
    sandbox.faults.login = 535;
    await expect(check(sandbox.settings)).rejects.toMatchObject({ name: 'ConnectionError', code: '535' });
    delete sandbox.faults.login;
    sandbox.faults.greeting = 'silence';
    await expect(check(sandbox.settings)).rejects.toMatchObject({ name: 'RetryableError' });
    await sandbox.close();
    await expect(check(sandbox.settings)).rejects.toMatchObject({ name: 'RetryableError', code: 'ESOCKET' });
  });
});

describe('email encryption', () => {
  it('never logs in over a line that is not encrypted, unless told to', async () => {
    const sandbox = await open();
    const { tls: _, ...careful } = sandbox.settings;
    await expect(send(careful)).rejects.toMatchObject({ name: 'ConnectionError', code: '500' });
    expect(sandbox.logins()).toBe(0);
    await send(sandbox.settings);
    expect([sandbox.logins(), sandbox.list().length]).toEqual([1, 1]);
    await sandbox.close();
  });

  it('sends nothing to a server whose certificate nobody vouches for, unless told to', async () => {
    let mails = 0;
    const server = new SMTPServer({
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: (_auth, _session, done) => done(null, { user: 'x' }),
      onData: (stream, _session, done) => {
        stream.resume().once('end', () => done(null, `kept ${++mails}`));
      },
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    const settings = { host: '127.0.0.1', port, user: 'calls', password: 'secret', from: 'calls@example.com' };
    await expect(send(settings)).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(mails).toBe(0);
    expect(await send({ ...settings, tls: { rejectUnauthorized: false } })).toMatchObject({ response: '250 kept 1' });
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});

describe('email sandbox', () => {
  it('keeps what the mails look like and drops where they would go', async () => {
    const real = {
      host: 'smtp.example.com',
      port: 465,
      secure: true,
      user: 'calls',
      from: 'calls@example.com',
      allowedDomains: ['example.com'],
    };
    const sandbox = await open(real);
    expect(sandbox.settings).toMatchObject({
      host: '127.0.0.1',
      from: 'calls@example.com',
      allowedDomains: ['example.com'],
    });
    expect(sandbox.hosts).toEqual([`127.0.0.1:${String(sandbox.settings['port'])}`]);
    await send(sandbox.settings);
    expect(sandbox.list()).toMatchObject([
      { id: 'mail-1', kind: 'mail', title: 'Mail to owner@example.com: Call summary' },
    ]);
    await sandbox.close();
  });
});

describe('the mail library', () => {
  it('is loaded when the connector connects and not before', async () => {
    const index = new URL('../../../connectors/email/index.ts', import.meta.url).href;
    const script = `
      import { registerHooks } from 'node:module';
      const urls = [];
      registerHooks({ resolve: (name, context, next) => { const found = next(name, context); urls.push(found.url); return found; } });
      const loaded = () => ['nodemailer', 'smtp-server', 'postal-mime'].filter((name) => urls.some((url) => url.includes('/' + name + '/')));
      const { default: email } = await import(${JSON.stringify(index)});
      const before = loaded();
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const client = await email.connect({ host: '127.0.0.1', from: 'a@example.com' }, { fetch, log, now: Date.now });
      console.log(JSON.stringify([before, loaded()]));
      await email.close(client);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toEqual([[], ['nodemailer']]);
  });
});
