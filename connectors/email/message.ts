// A step's input as the mail that is sent: the same bytes of header for every recipient and every attempt.

import type { SendMailOptions } from 'nodemailer';
import { type Attempt, type FromSchema, PermanentError } from 'hookline/plugin';
import { addressSchema, checkMailbox, type Mailbox, mailboxSchema, oneLine } from './address.ts';
import type { MailClient } from './transport.ts';

const mailboxes = { type: 'array', items: mailboxSchema, maxItems: 50 } as const;

export const input = {
  type: 'object',
  properties: {
    to: { ...mailboxes, minItems: 1, description: 'Who it goes to: a list of { address, name }.' },
    cc: { ...mailboxes, description: 'Who gets a copy that everybody sees.' },
    bcc: { ...mailboxes, description: 'Who gets a copy that nobody sees.' },
    replyTo: { ...mailboxSchema, description: 'Who an answer goes to.' },
    subject: { type: 'string', description: 'One line; line breaks become blanks, more than 500 characters are cut.' },
    text: { type: 'string', description: 'The mail as plain text. Always needed, also beside html.' },
    html: { type: 'string', encode: 'html', description: 'The same as HTML; values put in are encoded.' },
    headers: {
      type: 'object',
      description: 'Further headers: X-…, In-Reply-To, References, Importance, Priority, Precedence, Feedback-ID.',
      propertyNames: {
        pattern: '^(?:X-[A-Za-z0-9-]{1,60}|In-Reply-To|References|Importance|Priority|Precedence|Feedback-ID)$',
      },
      additionalProperties: { type: 'string', maxLength: 900 },
      maxProperties: 20,
    },
    unsubscribe: {
      type: 'object',
      description: 'Where a reader can leave the list (List-Unsubscribe).',
      properties: {
        url: {
          type: 'string',
          pattern: '^https://[^\\s<>"\\\\^`{|}\\p{Cc}]+$',
          maxLength: 900,
          description: 'Page on which a reader leaves.',
        },
        address: addressSchema,
        oneClick: { type: 'boolean', description: 'The URL takes a POST and needs no further question (RFC 8058).' },
      },
    },
    attachments: {
      type: 'array',
      description: 'Files, given as bytes; never a path or a URL.',
      maxItems: 20,
      items: {
        type: 'object',
        properties: {
          filename: { type: 'string', minLength: 1, description: 'Name of the file, without a folder.' },
          contentType: {
            type: 'string',
            pattern: '^[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}$',
            description: 'Such as text/plain. Default: application/octet-stream.',
          },
          content: { type: 'string', maxLength: 14_000_000, description: 'The bytes in base64.' },
        },
        required: ['filename', 'content'],
      },
    },
  },
  required: ['to', 'subject', 'text'],
} as const;

export type SendInput = FromSchema<typeof input>;

export interface Composed {
  readonly messageId: string;
  /** Each once, whatever its case: to, then cc, then bcc. */
  readonly recipients: readonly string[];
  readonly mail: SendMailOptions;
}

/** @throws PermanentError for an address, attachment or header that must not be sent */
export function compose(client: MailClient, mail: SendInput, attempt: Pick<Attempt, 'key' | 'firstAt'>): Composed {
  const check = (field: string, list: readonly Mailbox[]) =>
    list.map((mailbox, index) => checkMailbox(`${field}[${index}]`, mailbox, client.allowedDomains));
  const to = check('to', mail.to);
  const cc = check('cc', mail.cc ?? []);
  const bcc = check('bcc', mail.bcc ?? []);
  const messageId = `<${attempt.key.slice(0, 32)}@${client.messageIdDomain}>`;
  return {
    messageId,
    recipients: distinct([...to, ...cc, ...bcc].map(({ address }) => address)),
    mail: {
      from: named(client.from),
      to: to.map(named),
      cc: cc.map(named),
      ...(mail.replyTo ? { replyTo: named(checkMailbox('replyTo', mail.replyTo, undefined)) } : {}),
      subject: oneLine(mail.subject, 500),
      text: mail.text,
      ...(mail.html === undefined ? {} : { html: mail.html }),
      messageId,
      date: new Date(attempt.firstAt),
      headers: headersOf(mail),
      attachments: (mail.attachments ?? []).map(attachmentOf),
    },
  };
}

function distinct(addresses: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const address of addresses) if (!seen.has(address.toLowerCase())) seen.set(address.toLowerCase(), address);
  return [...seen.values()];
}

function named({ address, name }: Mailbox): { address: string; name: string } {
  return { address, name: name ?? '' };
}

const headerName = new RegExp(input.properties.headers.propertyNames.pattern, 'u');
const unsubscribeUrl = new RegExp(input.properties.unsubscribe.properties.url.pattern, 'u');

function headersOf(mail: SendInput): Record<string, string> {
  const headers: Record<string, string> = { 'Auto-Submitted': 'auto-generated' };
  for (const [name, value] of Object.entries(mail.headers ?? {})) {
    if (!headerName.test(name)) throw new PermanentError(`"headers": ${JSON.stringify(name)} may not be set`);
    headers[name] = oneLine(value, 900);
  }
  const { url, address, oneClick } = mail.unsubscribe ?? {};
  const ways: string[] = [];
  if (url !== undefined) {
    if (!unsubscribeUrl.test(url)) throw new PermanentError('"unsubscribe.url" is not an https URL');
    ways.push(`<${url}>`);
    if (oneClick === true) headers['List-Unsubscribe-Post'] = 'List-Unsubscribe=One-Click';
  }
  if (address !== undefined) {
    ways.push(`<mailto:${checkMailbox('unsubscribe.address', { address }, undefined).address}>`);
  }
  if (ways.length > 0) headers['List-Unsubscribe'] = ways.join(', ');
  return headers;
}

type AttachmentInput = NonNullable<SendInput['attachments']>[number];

function attachmentOf(file: AttachmentInput): { filename: string; contentType: string; content: Buffer } {
  const content = Buffer.from(file.content, 'base64');
  const given = file.content.replace(/\s+/g, '').replace(/=+$/, '');
  if (content.toString('base64').replace(/=+$/, '') !== given) {
    throw new PermanentError(`attachment ${JSON.stringify(file.filename)}: its content is not base64`);
  }
  return {
    filename: oneLine(file.filename, 200).replace(/[/\\]/g, '_'),
    contentType: file.contentType ?? 'application/octet-stream',
    content,
  };
}
