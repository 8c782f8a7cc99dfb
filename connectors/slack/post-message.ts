// Posts a message; its metadata carries the attempt's key, so that a lost answer can be looked up instead of posted again.

import type { ChatPostMessageResponse, WebClient } from '@slack/web-api';
import { defineAction, type FromSchema, UnknownOutcomeError } from 'hookline/plugin';
import { toActionError, toQuestionError } from './faults.ts';
import { findMessage, metadataType } from './find-message.ts';
import { blocksSchema, channelSchema, fitBlocks, fitText, textSchema, tsSchema } from './message.ts';

const input = {
  type: 'object',
  properties: {
    channel: { ...channelSchema, description: `${channelSchema.description} The app must be a member of it.` },
    text: textSchema,
    blocks: blocksSchema,
    thread_ts: {
      ...tsSchema,
      description: 'Answer in the thread of this message: output.ts of the step that posted it.',
    },
    reply_broadcast: { type: 'boolean', description: 'Show an answer in a thread to the whole channel too.' },
    unfurl_links: { type: 'boolean', description: 'Show previews of linked pages.' },
    unfurl_media: { type: 'boolean', description: 'Show previews of linked pictures and films.' },
    permalink: { type: 'boolean', default: false, description: "Ask for the message's URL too: one more call." },
  },
  required: ['channel', 'text'],
} as const;

type Input = FromSchema<typeof input>;

export const postMessage = defineAction({
  description: 'Posts a message to a channel or a thread.',
  input,
  output: {
    type: 'object',
    properties: {
      channel: { type: 'string', description: 'Id of the channel.' },
      ts: { type: 'string', description: 'Id of the message within its channel.' },
      permalink: { type: 'string', description: 'URL of the message, when asked for and to be had.' },
    },
    required: ['channel', 'ts'],
  },
  effect: 'lookup',
  run: async (client: WebClient, input, attempt) => {
    const answer = await client.apiCall('chat.postMessage', toMessage(input, attempt.key)).catch((error: unknown) => {
      throw toActionError(error);
    });
    const { channel, ts } = answer as ChatPostMessageResponse;
    if (channel === undefined || ts === undefined) {
      throw new UnknownOutcomeError('Slack says it posted the message, but not which one it is');
    }
    return withPermalink(client, input, { channel, ts });
  },
  lookup: async (client: WebClient, input, attempt) => {
    const { key, firstAt } = attempt;
    const wanted = { channel: input.channel, threadTs: input.thread_ts, key, since: firstAt };
    const found = await findMessage(client, wanted).catch((error: unknown) => {
      throw toQuestionError(error);
    });
    return found && withPermalink(client, input, found);
  },
});

function toMessage(input: Input, key: string): Record<string, unknown> {
  const { channel, thread_ts, reply_broadcast, unfurl_links, unfurl_media } = input;
  const blocks = fitBlocks(input.blocks);
  return {
    channel,
    text: fitText(input.text),
    metadata: { event_type: metadataType, event_payload: { key } },
    ...(blocks ? { blocks } : {}),
    ...(thread_ts === undefined ? {} : { thread_ts }),
    ...(reply_broadcast === undefined ? {} : { reply_broadcast }),
    ...(unfurl_links === undefined ? {} : { unfurl_links }),
    ...(unfurl_media === undefined ? {} : { unfurl_media }),
  };
}

/** The message stands already, so a failure here costs the URL and nothing else. */
async function withPermalink(
  client: WebClient,
  input: Input,
  message: { channel: string; ts: string },
): Promise<{ channel: string; ts: string; permalink?: string }> {
  if (input.permalink !== true) return message;
  const { channel, ts } = message;
  const answer = await client.chat.getPermalink({ channel, message_ts: ts }).catch(() => undefined);
  return answer?.permalink === undefined ? message : { ...message, permalink: answer.permalink };
}
