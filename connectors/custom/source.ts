// Any other sender: its signature scheme and where its type and ids are, written in the workflow file.

import { defineSource } from 'hookline/plugin';
import { readPath, readText } from './path.ts';

const path = {
  type: 'string',
  pattern: '^(body(\\.[^.]+)*|headers\\.[^.]+)$',
  description: 'Such as body.event.name or headers.x-event.',
} as const;

const paths = { anyOf: [path, { type: 'array', items: path, minItems: 1 }] } as const;

export default defineSource({
  name: 'custom',
  description: 'A sender without a preset: its signature scheme and the places of its type and ids.',
  settings: {
    type: 'object',
    required: ['algorithm', 'signature'],
    properties: {
      algorithm: {
        type: 'string',
        enum: ['hmac-sha256', 'hmac-sha1', 'hmac-sha512', 'sha256', 'ed25519', 'ecdsa-p256', 'token'],
        description: 'token: the header holds the secret itself; sha256: a plain digest, with {secret} in content.',
      },
      signature: {
        type: 'object',
        description: 'Where the signature is.',
        required: ['header'],
        properties: {
          header: { type: 'string', minLength: 1, description: 'Header that holds the signature.' },
          encoding: { type: 'string', enum: ['hex', 'base64'], description: 'Default: hex.' },
          prefix: { type: 'string', description: 'Literal text before each signature, such as "sha256=".' },
          itemSeparator: { type: 'string', minLength: 1, description: 'Between several items: "," in t=1,v1=ab.' },
          keySeparator: { type: 'string', minLength: 1, description: 'Between name and value of an item: "=".' },
          key: { type: 'string', minLength: 1, description: 'Name of the items that are signatures: "v1".' },
        },
      },
      content: {
        type: 'string',
        pattern: '\\{body\\}',
        description: 'What is signed: {body} with {timestamp}, {id}, {url}, {method}, {secret}. Default: {body}.',
      },
      timestamp: {
        type: 'object',
        description: 'Where the time of signing is; without it an old delivery is as good as a new one.',
        required: ['unit'],
        properties: {
          header: { type: 'string', minLength: 1, description: 'Header that holds the time.' },
          item: { type: 'string', minLength: 1, description: 'Or its name among the items of the signature header.' },
          unit: { type: 'string', enum: ['s', 'ms', 'iso'], description: 'Unix seconds, milliseconds, or ISO 8601.' },
          tolerance: { type: 'integer', minimum: 1, description: 'Accepted age in seconds. Default: 300.' },
          future: { type: 'integer', minimum: 0, description: 'Accepted lead in seconds. Default: as tolerance.' },
        },
      },
      id: {
        type: 'object',
        required: ['header'],
        properties: { header: { type: 'string', minLength: 1, description: 'Name of the header.' } },
        description: 'Header that is {id} in content.',
      },
      key: {
        type: 'object',
        description: 'How the secret is read.',
        properties: {
          form: {
            type: 'string',
            enum: ['text', 'hex', 'base64', 'spki-base64', 'raw-hex', 'raw-base64'],
            description: 'How the secret becomes the key. Default: text.',
          },
          stripPrefix: { type: 'string', description: 'Start of the secret that is not part of the key.' },
        },
      },
      publicUrl: { type: 'string', description: 'The URL the sender calls, where {url} is signed.' },
      body: { type: 'string', enum: ['json', 'form', 'text'], description: 'How the body is read. Default: json.' },
      event: {
        type: 'object',
        properties: {
          type: { ...paths, description: 'Where the type is, or several places in the order they are looked at.' },
          defaultType: { type: 'string', description: 'Type of an event that names none. Default: unknown.' },
          id: { ...paths, description: "Where the fact's own id is." },
          time: { ...paths, description: 'Where the time is at which it happened.' },
          data: { ...path, description: 'What expressions read as event.data. Default: the whole body.' },
        },
        description: 'Where type, id, time and data are; without an id, equal data is the same event.',
      },
    },
  },
  scheme: (settings) => settings,
  body: ({ body = 'json' }) => body,
  identify: (delivery, { event = {} }) => {
    const id = readText(delivery, event.id);
    return {
      type: readText(delivery, event.type)?.text ?? event.defaultType ?? 'unknown',
      id: id?.text,
      rule: id?.path ?? 'content',
      time: readText(delivery, event.time)?.text,
      data: readPath(delivery, event.data ?? 'body') ?? delivery.body,
    };
  },
  events: {},
});
