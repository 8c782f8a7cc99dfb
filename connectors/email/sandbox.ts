// A mail server on this machine: takes any login, keeps what arrives, and can be told to misbehave.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Sandbox, SandboxItem, SandboxOptions } from 'hookline/plugin';

/** What the server does wrong from now on; change it at any time. */
export interface MailFaults {
  /** Reply code to RCPT TO, by address; 0: no reply at all. */
  readonly recipients: Map<string, number>;
  /** Reply code at the end of the message, which is then not kept. */
  data?: number | undefined;
  /** `silence`, `cut`: the mail is kept, but the answer never comes. `cut-before`: the connection ends and nothing is kept. */
  afterData?: 'silence' | 'cut' | 'cut-before' | undefined;
  /** The only recipient whose message `data` and `afterData` are for. */
  only?: string;
  /** Reply code to AUTH. */
  login?: number | undefined;
  greeting?: 'silence' | 'cut' | undefined;
  /** Never answers MAIL FROM. */
  silentSender?: boolean;
}

export interface MailSandbox extends Sandbox {
  readonly faults: MailFaults;
  /** Logins tried so far. */
  logins(): number;
  /** Ends every open connection. */
  cut(): void;
}

export async function startSandbox(options: SandboxOptions): Promise<MailSandbox> {
  const items: SandboxItem[] = [];
  const sockets = new Set<Socket>();
  const faults: MailFaults = { recipients: new Map() };
  let logins = 0;
  const keep = async (raw: Buffer, session: SMTPServerSession) => {
    items.push(toItem(await PostalMime.parse(raw), session, `mail-${items.length + 1}`, options.now()));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const onLogin = () => {
    logins++;
  };
  const server = new SMTPServer(serverOptions({ faults, cut, keep, onLogin }));
  server.on('error', (error) => options.log.debug('mail sandbox', { error: error.message }));
  server.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    settings: settingsFor(options.settings, port),
    hosts: [`127.0.0.1:${port}`],
    list: () => items,
    close: async () => {
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      cut();
      await Promise.all(closed);
      return new Promise((resolve) => server.close(() => resolve()));
    },
    faults,
    logins: () => logins,
    cut,
  };
}

interface Behaviour {
  readonly faults: MailFaults;
  readonly cut: () => void;
  readonly keep: (raw: Buffer, session: SMTPServerSession) => Promise<void>;
  readonly onLogin: () => void;
}

function serverOptions({ faults, cut, keep, onLogin }: Behaviour): SMTPServerOptions {
  return {
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    size: 25 * 1024 * 1024,
    onConnect: (_session, done) => {
      if (faults.greeting === 'cut') cut();
      if (faults.greeting === undefined) done();
    },
    onAuth: (auth, _session, done) => {
      onLogin();
      if (faults.login === undefined) done(null, { user: auth.username ?? 'anyone' });
      else done(reply(faults.login));
    },
    onMailFrom: (_address, _session, done) => {
      if (faults.silentSender !== true) done();
    },
    onRcptTo: ({ address }, _session, done) => {
      const code = faults.recipients.get(address);
      if (code !== 0) done(code === undefined ? null : reply(code));
    },
    onData: (stream, session, done) => {
      const answer = async () => {
        try {
          const spared = faults.only !== undefined && faults.only !== session.envelope.rcptTo[0]?.address;
          const code = await receive(stream, spared ? {} : faults, cut, (raw) => keep(raw, session));
          if (code !== null) done(code === 250 ? null : reply(code));
        } catch (error) {
          done(error as Error);
        }
      };
      void answer();
    },
  };
}

/** The reply code to the message, or null when none is to be sent. */
async function receive(
  stream: SMTPServerDataStream,
  faults: Pick<MailFaults, 'data' | 'afterData'>,
  cut: () => void,
  keep: (raw: Buffer) => Promise<void>,
): Promise<number | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (faults.afterData === 'cut-before') {
    cut();
    return null;
  }
  if (faults.data !== undefined) return faults.data;
  if (stream.sizeExceeded) return 552;
  await keep(Buffer.concat(chunks));
  if (faults.afterData === 'cut') cut();
  return faults.afterData === undefined ? 250 : null;
}

function reply(code: number): Error & { responseCode: number } {
  return Object.assign(new Error(code < 500 ? 'try again later' : 'not taken here'), { responseCode: code });
}

function toItem(mail: Email, session: SMTPServerSession, id: string, now: number): SandboxItem {
  const recipients = session.envelope.rcptTo.map(({ address }) => address);
  const list = (addresses: Email['to']) => (addresses ?? []).map(({ name, address }) => ({ name, address }));
  return {
    id,
    kind: 'mail',
    at: new Date(now).toISOString(),
    title: `Mail to ${recipients.join(', ')}: ${mail.subject ?? ''}`,
    fields: {
      envelope: { from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '', to: recipients },
      messageId: mail.messageId,
      from: mail.from,
      to: list(mail.to),
      cc: list(mail.cc),
      bcc: list(mail.bcc),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      headers: mail.headers.map(({ key, value }) => ({ name: key, value })),
      attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
        filename,
        contentType: mimeType,
        size: typeof content === 'string' ? content.length : content.byteLength,
      })),
    },
  };
}

/** What decides the mail's looks is kept from the real connection; where it goes to is not. */
function settingsFor(real: Record<string, unknown>, port: number): Record<string, unknown> {
  const { from = 'hookline@example.com', messageIdDomain, allowedDomains } = real;
  return {
    host: '127.0.0.1',
    port,
    secure: false,
    tls: { required: false },
    user: 'sandbox',
    password: 'sandbox',
    from,
    ...(messageIdDomain === undefined ? {} : { messageIdDomain }),
    ...(allowedDomains === undefined ? {} : { allowedDomains }),
  };
}
