// Replaces the text and blocks of a message; doing it twice changes nothing.

import type { ChatUpdateArguments, WebClient } from '@slack/web-api';
import { defineAction } from 'hookline/plugin';
import { toActionError } from './faults.ts';
import { blocksSchema, fitBlocks, fitText, textSchema, tsSchema } from './message.ts';

export const updateMessage = defineAction({
  description: 'Replaces a message this app posted.',
  input: {
    type: 'object',
    properties: {
      channel: {
        type: 'string',
        pattern: '^[A-Z][A-Z0-9]{1,30}$',
        description: 'Id of the channel: output.channel of the step that posted it. A name is not taken here by Slack.',
      },
      ts: { ...tsSchema, description: 'Which message: output.ts of the step that posted it.' },
      text: textSchema,
      blocks: blocksSchema,
    },
    required: ['channel', 'ts', 'text'],
  },
  output: {
    type: 'object',
    properties: {
      channel: { type: 'string', description: 'Id of the channel.' },
      ts: { type: 'string', description: 'Id of the message within its channel.' },
    },
    required: ['channel', 'ts'],
  },
  effect: 'repeatable',
  run: async (client: WebClient, input) => {
    const { channel, ts } = input;
    const blocks = fitBlocks(input.blocks);
    const message: ChatUpdateArguments = { channel, ts, text: fitText(input.text), ...(blocks ? { blocks } : {}) };
    await client.chat.update(message).catch((error: unknown) => {
      throw toActionError(error);
    });
    return { channel, ts };
  },
});
