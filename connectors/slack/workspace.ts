// A Slack workspace in memory: the few Web API methods the connector calls, as strict as Slack about what they are given.

export interface Message {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly reply_broadcast?: boolean;
  text: string;
  blocks?: unknown[];
  readonly metadata?: unknown;
  edited?: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly messages: Message[];
}

export type Answer =
  | { readonly ok: true; readonly [name: string]: unknown }
  | { readonly ok: false; readonly error: string; readonly needed?: string; readonly provided?: string };

/** Form fields as they come in: every value a string, blocks and metadata as JSON. */
export type Fields = Readonly<Record<string, string>>;

export interface Workspace {
  readonly channels: Map<string, Channel>;
  readonly methods: { readonly [method: string]: { readonly scope: string | null; call(fields: Fields): Answer } };
}

export interface WorkspaceOptions {
  readonly now: () => number;
  /** Creates a `#channel` when it is first posted to. */
  readonly createChannels: boolean;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const channels = new Map<string, Channel>();
  const add = (name: string): Channel => {
    const channel = { id: `C${String(channels.size + 1).padStart(10, '0')}`, name, messages: [] };
    channels.set(channel.id, channel);
    return channel;
  };
  for (const name of ['general', 'calls']) add(name);
  const find = (given = ''): Channel | undefined => {
    const name = given.replace(/^#/, '');
    const known = channels.get(given) ?? [...channels.values()].find((channel) => channel.name === name);
    if (known !== undefined || !options.createChannels || !/^#?[a-z0-9_-]+$/.test(given)) return known;
    return add(name);
  };
  const nextTs = clockOf(options.now);
  return {
    channels,
    methods: {
      'auth.test': {
        scope: null,
        call: () => ({
          ok: true,
          url: 'https://sandbox.slack.com/',
          team: 'Sandbox',
          user: 'hookline',
          user_id: 'U0HOOKLINE',
        }),
      },
      'chat.postMessage': { scope: 'chat:write', call: (fields) => post(find(fields['channel']), fields, nextTs) },
      'chat.update': { scope: 'chat:write', call: (fields) => update(channels.get(fields['channel'] ?? ''), fields) },
      'chat.getPermalink': { scope: null, call: (fields) => permalink(channels.get(fields['channel'] ?? ''), fields) },
      'conversations.list': { scope: 'channels:read', call: (fields) => list(channels, fields) },
      'conversations.history': {
        scope: 'channels:history',
        call: (fields) => history(channels.get(fields['channel'] ?? ''), fields),
      },
      'conversations.replies': {
        scope: 'channels:history',
        call: (fields) => replies(channels.get(fields['channel'] ?? ''), fields),
      },
    },
  };
}

/** Strictly rising ids with six digits after the dot. */
function clockOf(now: () => number): () => string {
  let last = 0;
  return () => {
    last = Math.max(now() * 1000, last + 1);
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
  };
}

function post(channel: Channel | undefined, fields: Fields, nextTs: () => string): Answer {
  const content = read(fields);
  if (channel === undefined) return failure('channel_not_found');
  if ('error' in content) return failure(content.error);
  const metadata = fields['metadata'] === undefined ? undefined : parse(fields['metadata']);
  if (metadata === null) return failure('metadata_must_be_sent_as_json');
  const message: Message = {
    ts: nextTs(),
    ...content,
    ...(metadata === undefined ? {} : { metadata }),
    ...(fields['thread_ts'] === undefined ? {} : { thread_ts: fields['thread_ts'] }),
    ...(fields['reply_broadcast'] === 'true' ? { reply_broadcast: true } : {}),
  };
  channel.messages.push(message);
  return { ok: true, channel: channel.id, ts: message.ts, message };
}

function update(channel: Channel | undefined, fields: Fields): Answer {
  if (channel === undefined) return failure('channel_not_found');
  const message = channel.messages.find(({ ts }) => ts === fields['ts']);
  if (message === undefined) return failure('message_not_found');
  const content = read(fields);
  if ('error' in content) return failure(content.error);
  Object.assign(message, content, { edited: true });
  return { ok: true, channel: channel.id, ts: message.ts, text: message.text };
}

/** Text and blocks of a message, or Slack's word for what is wrong with them. */
function read(fields: Fields): { text: string; blocks?: unknown[] } | { error: string } {
  const text = fields['text'] ?? '';
  if (text.length > 40_000) return { error: 'msg_too_long' };
  if (fields['blocks'] === undefined) return text.trim() === '' ? { error: 'no_text' } : { text };
  const blocks = parse(fields['blocks']);
  if (!Array.isArray(blocks) || blocks.length > 50 || !blocks.every(isBlock)) return { error: 'invalid_blocks' };
  return { text, blocks };
}

function isBlock(block: unknown): boolean {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: { text?: unknown } };
  if (typeof type !== 'string') return false;
  const limit = type === 'header' ? 150 : 3_000;
  return typeof text?.text !== 'string' || text.text.length <= limit;
}

function permalink(channel: Channel | undefined, fields: Fields): Answer {
  if (channel === undefined) return failure('channel_not_found');
  const ts = fields['message_ts'] ?? '';
  if (!channel.messages.some((message) => message.ts === ts)) return failure('message_not_found');
  const place = `${channel.id}/p${ts.replace('.', '')}`;
  return { ok: true, channel: channel.id, permalink: `https://sandbox.slack.com/archives/${place}` };
}

function list(channels: Workspace['channels'], fields: Fields): Answer {
  const wanted = (fields['types'] ?? 'public_channel').includes('public_channel') ? [...channels.values()] : [];
  return { ok: true, channels: wanted.map(({ id, name }) => ({ id, name, is_channel: true, is_archived: false })) };
}

/** Newest first; answers in a thread only when they were shown to the channel. */
function history(channel: Channel | undefined, fields: Fields): Answer {
  if (channel === undefined) return failure('channel_not_found');
  const shown = channel.messages.filter((message) => message.thread_ts === undefined || message.reply_broadcast);
  return page(shown.toReversed(), fields);
}

/** Oldest first, the thread's first message included. */
function replies(channel: Channel | undefined, fields: Fields): Answer {
  if (channel === undefined) return failure('channel_not_found');
  const root = fields['ts'];
  const thread = channel.messages.filter(({ ts, thread_ts }) => ts === root || thread_ts === root);
  return thread.length === 0 ? failure('thread_not_found') : page(thread, fields);
}

function page(messages: readonly Message[], fields: Fields): Answer {
  const oldest = Number(fields['oldest'] ?? 0);
  const latest = Number(fields['latest'] ?? Number.POSITIVE_INFINITY);
  const within = messages.filter(({ ts }) => Number(ts) >= oldest && Number(ts) <= latest);
  const from = Number(fields['cursor'] ?? 0);
  const to = from + Number(fields['limit'] ?? 100);
  const withMetadata = fields['include_all_metadata'] === 'true';
  return {
    ok: true,
    messages: within.slice(from, to).map(({ metadata, ...message }) => ({
      type: 'message',
      ...message,
      ...(withMetadata && metadata !== undefined ? { metadata } : {}),
    })),
    has_more: to < within.length,
    response_metadata: { next_cursor: to < within.length ? String(to) : '' },
  };
}

function failure(error: string): Answer {
  return { ok: false, error };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
