// Which addresses a mail may go to: one plain addr-spec each, so that no text can smuggle in a second recipient.

import { PermanentError } from 'hookline/plugin';

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const topLabel = '[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/**
 * A dot-atom of at most 64 characters, `@`, and a host name with a dot. No quotes, comments, brackets, address literals,
 * line breaks or letters beyond ASCII; an international domain is written as `xn--…`.
 */
export const addressPattern = `^(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+${topLabel}$`;

export const addressSchema = {
  type: 'string',
  pattern: addressPattern,
  maxLength: 254,
  description: 'One plain address: owner@example.com.',
} as const;

/** Someone a mail comes from or goes to. */
export const mailboxSchema = {
  type: 'object',
  properties: {
    address: addressSchema,
    name: { type: 'string', description: 'Name shown beside the address.' },
  },
  required: ['address'],
} as const;

export interface Mailbox {
  address: string;
  name?: string;
}

const address = new RegExp(addressPattern, 'u');

/**
 * The mailbox with a name that fits on one line.
 * @throws PermanentError when the address is not one plain address, or not in an allowed domain
 */
export function checkMailbox(field: string, mailbox: Mailbox, allowedDomains: readonly string[] | undefined): Mailbox {
  if (mailbox.address.length > 254 || !address.test(mailbox.address)) {
    throw new PermanentError(`"${field}": ${JSON.stringify(mailbox.address)} is not one plain e-mail address`);
  }
  const domain = domainOf(mailbox.address);
  if (allowedDomains !== undefined && !allowedDomains.some((allowed) => allowed.toLowerCase() === domain)) {
    throw new PermanentError(
      `"${field}": the domain of ${mailbox.address} is not among the connection's allowedDomains`,
    );
  }
  const name = oneLine(mailbox.name ?? '', 200);
  return name === '' ? { address: mailbox.address } : { address: mailbox.address, name };
}

/** Lower case. */
export function domainOf(mailAddress: string): string {
  return mailAddress.slice(mailAddress.lastIndexOf('@') + 1).toLowerCase();
}

/** Text for a header: control and direction characters become blanks, what is too long is cut with a mark. */
export function oneLine(text: string, limit: number): string {
  const clean = text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  const characters = Array.from(clean);
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
}
