// Looks for a posted message by the attempt's key in its metadata, in a channel or in a thread.

import type { WebClient } from '@slack/web-api';
import { PermanentError } from 'hookline/plugin';

/** `event_type` of the metadata of every message Hookline posts. */
export const metadataType = 'hookline_attempt';

export interface FindMessage {
  readonly channel: string;
  readonly threadTs: string | undefined;
  readonly key: string;
  /** When the first attempt began, in milliseconds since 1970. */
  readonly since: number;
}

/** How far this machine's clock may be ahead of Slack's. */
const skewMs = 5 * 60_000;
const pageSize = 100;
const maxPages = 20;

/**
 * The message, or undefined when there surely is none.
 * Rejects with what the client throws, and with a `PermanentError` where it cannot be known.
 */
export async function findMessage(
  client: WebClient,
  find: FindMessage,
): Promise<{ channel: string; ts: string } | undefined> {
  const channel = await channelId(client, find.channel);
  const oldest = (Math.max(0, find.since - skewMs) / 1000).toFixed(6);
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const window = { channel, oldest, inclusive: true, include_all_metadata: true, limit: pageSize };
    const from = cursor === undefined ? {} : { cursor };
    const { messages, response_metadata } =
      find.threadTs === undefined
        ? await client.conversations.history({ ...window, ...from })
        : await client.conversations.replies({ ...window, ...from, ts: find.threadTs });
    for (const { ts, metadata } of messages ?? []) {
      if (ts !== undefined && isOurs(metadata, find.key)) return { channel, ts };
    }
    cursor = response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return undefined;
  }
  throw new PermanentError(`"${find.channel}" has more messages since then than can be searched`);
}

function isOurs(metadata: { event_type?: string; event_payload?: object } | undefined, key: string): boolean {
  if (metadata?.event_type !== metadataType) return false;
  const payload: { key?: unknown } = metadata.event_payload ?? {};
  return payload.key === key;
}

/** Slack posts to a name, but shows the history of an id only. */
async function channelId(client: WebClient, channel: string): Promise<string> {
  if (/^[CGD][A-Z0-9]{2,}$/.test(channel)) return channel;
  if (/^[UW][A-Z0-9]{2,}$/.test(channel)) {
    throw new PermanentError(`"${channel}" is a person, whose messages cannot be searched`);
  }
  const name = channel.replace(/^#/, '');
  for (const types of ['public_channel', 'private_channel']) {
    const found = await listedId(client, name, types);
    if (found !== undefined) return found;
  }
  throw new PermanentError(`the channel "${channel}" is not among those the app can list`);
}

async function listedId(client: WebClient, name: string, types: string): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const { channels, response_metadata } = await client.conversations.list({
      types,
      limit: 1000,
      exclude_archived: true,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const found = channels?.find((channel) => channel.name === name);
    if (found?.id !== undefined) return found.id;
    cursor = response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return undefined;
  }
  return undefined;
}
