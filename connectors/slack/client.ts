// The Slack client: the vendor's own, with its retries, its queue and its transport switched off or replaced.

import type { WebClient, WebClientOptions } from '@slack/web-api';
import type { FromSchema, Log, Tools } from 'hookline/plugin';
import { toQuestionError } from './faults.ts';

export const settings = {
  type: 'object',
  properties: {
    token: { type: 'string', minLength: 1, description: 'Bot token of the Slack app: xoxb-…' },
    apiUrl: {
      type: 'string',
      pattern: '^https?://',
      default: 'https://slack.com/api/',
      description: "Where Slack's Web API is.",
    },
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 20_000,
      description: 'How long Slack may take to answer, in milliseconds.',
    },
  },
  required: ['token'],
} as const;

/** @slack/web-api is loaded here and nowhere else. */
export async function connect(options: FromSchema<typeof settings>, tools: Tools): Promise<WebClient> {
  const { WebClient } = await import('@slack/web-api');
  return new WebClient(options.token, {
    slackApiUrl: options.apiUrl ?? 'https://slack.com/api/',
    // By default a 429 sleeps inside the call, and a lost answer is posted again: three messages from one.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    timeout: options.timeoutMs ?? 20_000,
    // The host limits concurrency. A queue here would run a call in the context of another attempt.
    maxRequestConcurrency: Number.POSITIVE_INFINITY,
    fetch: tools.fetch as unknown as NonNullable<WebClientOptions['fetch']>,
    logger: quiet(tools.log),
  });
}

export async function check(client: WebClient): Promise<void> {
  await client.auth.test().catch((error: unknown) => {
    throw toQuestionError(error);
  });
}

/** Its default logger writes to the terminal; its debug level holds whole messages. */
function quiet(log: Log): NonNullable<WebClientOptions['logger']> {
  const write = (...parts: unknown[]) => log.debug('slack client', { text: parts.map(String).join(' ') });
  return {
    debug: () => undefined,
    info: write,
    warn: write,
    error: write,
    setLevel: () => undefined,
    setName: () => undefined,
    getLevel: () => 'error' as ReturnType<NonNullable<WebClientOptions['logger']>['getLevel']>,
  };
}
