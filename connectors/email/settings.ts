// The settings of an e-mail connection.

import type { FromSchema } from 'hookline/plugin';
import { addressSchema, mailboxSchema } from './address.ts';

export const settings = {
  type: 'object',
  properties: {
    host: { type: 'string', minLength: 1, description: 'Host name of the SMTP server.' },
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 587, description: 'Port of the SMTP server.' },
    secure: {
      type: 'boolean',
      description: 'Encrypted from the first byte. Default: true for port 465, else STARTTLS is used.',
    },
    user: { type: 'string', description: 'Login name; no login when absent.' },
    password: { type: 'string', description: 'Password of the login.' },
    from: {
      anyOf: [addressSchema, mailboxSchema],
      description: 'Who the mails come from: an address, or { name, address }.',
    },
    tls: {
      type: 'object',
      description: 'How the connection is encrypted.',
      properties: {
        required: {
          type: 'boolean',
          description: 'Refuse to go on without encryption. Default: true when there is a login.',
        },
        rejectUnauthorized: {
          type: 'boolean',
          default: true,
          description: 'False accepts any certificate; for a server of your own on a trusted network only.',
        },
        servername: { type: 'string', description: 'Name the certificate must hold, when it is not the host.' },
        ca: { type: 'string', description: 'PEM text of your own certificate authority.' },
        minVersion: { type: 'string', enum: ['TLSv1.2', 'TLSv1.3'], description: 'Oldest accepted version.' },
      },
    },
    messageIdDomain: {
      type: 'string',
      pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
      description: 'Right side of every Message-ID. Default: the domain of "from".',
    },
    allowedDomains: {
      type: 'array',
      items: { type: 'string' },
      description: 'The only domains mails may go to. Default: any.',
    },
    maxConnections: { type: 'integer', minimum: 1, maximum: 20, default: 3, description: 'Open SMTP connections.' },
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      description: 'How long the server may be silent, in milliseconds.',
    },
  },
  required: ['host', 'from'],
} as const;

export type Settings = FromSchema<typeof settings>;
