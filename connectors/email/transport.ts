// The mail server behind a pool of SMTP connections: one transaction for one recipient, and what became of it.

import type { SendMailOptions } from 'nodemailer';
import type { Tools } from 'hookline/plugin';
import { readFailure, toActionError, type Failure } from './faults.ts';
import { domainOf, type Mailbox } from './address.ts';
import type { Settings } from './settings.ts';

export type Delivered =
  | { readonly ok: true; readonly response: string }
  | { readonly ok: false; readonly failure: Failure };

export interface Deliver {
  readonly mail: SendMailOptions;
  readonly recipient: string;
  readonly signal: AbortSignal;
  /** Called when the server has asked for the message and it begins to leave; nothing before that delivers anything. */
  readonly sending: () => void;
}

export interface MailClient {
  readonly from: Mailbox;
  readonly messageIdDomain: string;
  readonly allowedDomains: readonly string[] | undefined;
  /** Never rejects. */
  deliver(delivery: Deliver): Promise<Delivered>;
  /** Connects and logs in; rejects with an action error. */
  verify(): Promise<void>;
  close(): void;
}

/** nodemailer is loaded here and nowhere else. */
export async function openTransport(settings: Settings, tools: Tools): Promise<MailClient> {
  const { createTransport } = await import('nodemailer');
  const transporter = createTransport(transportOptions(settings));
  transporter.on('error', (error) => tools.log.warn('mail transport', { error: error.message }));
  // The pool reads the message only after the server's answer to DATA, so the first read is the moment of sending.
  const onLeaving = new WeakMap<object, () => void>();
  transporter.use('stream', ({ message, data }, done) => {
    const createReadStream = message.createReadStream.bind(message);
    const leaving = onLeaving.get(data.envelope ?? data);
    if (leaving !== undefined)
      message.createReadStream = (options) => createReadStream(options).once('resume', leaving);
    done();
  });
  const from: Mailbox = typeof settings.from === 'string' ? { address: settings.from } : settings.from;
  return {
    from,
    messageIdDomain: settings.messageIdDomain ?? domainOf(from.address),
    allowedDomains: settings.allowedDomains,
    deliver: async ({ mail, recipient, signal, sending }) => {
      let handedOver = false;
      const envelope = { from: from.address, to: [recipient] };
      onLeaving.set(envelope, () => {
        handedOver = true;
        sending();
      });
      try {
        const info = await transporter.sendMail({ ...mail, envelope, signal });
        return { ok: true, response: info.response };
      } catch (error) {
        return { ok: false, failure: readFailure(error, handedOver) };
      }
    },
    verify: async () => {
      await transporter.verify().catch((error: unknown) => {
        throw toActionError(readFailure(error, false), `the mail server ${settings.host}`);
      });
    },
    close: () => transporter.close(),
  };
}

/**
 * `maxRequeues: 0`: the pool must not send a mail again by itself. Its own time limits are minutes; ours are seconds, because
 * an attempt has an end. File and URL access is off: what a mail holds comes from the step's input alone.
 */
function transportOptions(settings: Settings) {
  const port = settings.port ?? 587;
  const silenceMs = settings.timeoutMs ?? 30_000;
  const secure = settings.secure ?? port === 465;
  const { required, ...tls } = settings.tls ?? {};
  const login = settings.user !== undefined && settings.user !== '';
  return {
    pool: true as const,
    host: settings.host,
    port,
    secure,
    requireTLS: !secure && (required ?? login),
    tls,
    ...(login ? { auth: { user: settings.user ?? '', pass: settings.password ?? '' } } : {}),
    maxConnections: settings.maxConnections ?? 3,
    maxMessages: 100,
    maxRequeues: 0,
    idleTimeout: 30_000,
    dnsTimeout: Math.min(silenceMs, 10_000),
    connectionTimeout: Math.min(silenceMs, 10_000),
    greetingTimeout: Math.min(silenceMs, 10_000),
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
