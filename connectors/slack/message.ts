// The parts every Slack message has: its text and blocks, kept within Slack's limits.

import type { Block, KnownBlock } from '@slack/web-api';
import type { FromSchema } from 'hookline/plugin';

const textObject = {
  type: 'object',
  properties: { text: { type: 'string', encode: 'slack' } },
  additionalProperties: true,
} as const;

/** In a context block a text object itself, in an actions block a button with one inside. */
const element = {
  type: 'object',
  properties: {
    text: {
      type: ['string', 'object'],
      encode: 'slack',
      properties: { text: { type: 'string', encode: 'slack' } },
      additionalProperties: true,
    },
  },
  additionalProperties: true,
} as const;

export const textSchema = {
  type: 'string',
  encode: 'slack',
  description:
    'The message, as mrkdwn; values put in are encoded, so that they mention nobody. Also what notifications show when there are blocks. More than 40,000 characters are cut.',
} as const;

export const blocksSchema = {
  type: 'array',
  maxItems: 50,
  description:
    'Block Kit blocks. Values put into the text of sections, fields, headers and elements are encoded; anywhere else nothing is. Text beyond the limits of sections (3,000) and headers (150) is cut.',
  items: {
    type: 'object',
    properties: {
      type: { type: 'string', description: 'Such as section, header, context, divider.' },
      text: { ...textObject, description: 'Text of a section or header.' },
      fields: { type: 'array', maxItems: 10, items: textObject, description: 'Texts of a section, side by side.' },
      elements: { type: 'array', items: element, description: 'Parts of a context or actions block.' },
    },
    required: ['type'],
    additionalProperties: true,
  },
} as const;

type Blocks = FromSchema<typeof blocksSchema>;

export const channelSchema = {
  type: 'string',
  pattern: '^#?[^\\s#@,<>&]{1,80}$',
  description: 'Name (#calls) or id (C0123456789) of the channel.',
} as const;

/** Slack's id of a message within its channel: a time with six digits after the dot. */
export const tsSchema = { type: 'string', pattern: '^[0-9]{1,12}\\.[0-9]{1,6}$' } as const;

/** The text within Slack's limit, cut with a mark. */
export function fitText(text: string): string {
  return cut(text, 40_000);
}

/** The blocks with every text within its limit; absent when there are none. */
export function fitBlocks(blocks: Blocks | undefined): (KnownBlock | Block)[] | undefined {
  return blocks?.map((block) => {
    const limit = block.type === 'header' ? 150 : 3_000;
    const fitted: Record<string, unknown> = { ...block };
    if (block.text !== undefined) fitted['text'] = fitTextObject(block.text, limit);
    if (block.fields !== undefined) fitted['fields'] = block.fields.map((field) => fitTextObject(field, 2_000));
    return fitted as unknown as Block;
  });
}

function fitTextObject<T extends { text?: string }>(object: T, limit: number): T {
  return object.text === undefined ? object : { ...object, text: cut(object.text, limit) };
}

const mark = '… (cut)';

/** At most `limit` characters; never half a character, and never half of an `&amp;`. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - mark.length);
  return kept.replace(/[\ud800-\udbff]$/, '').replace(/&[a-z]{0,3}$/, '') + mark;
}
