// Sends one mail, recipient by recipient, so that each one's fate is known and nobody who has it gets it again.

import { defineAction, PermanentError, RetryableError } from 'hookline/plugin';
import { type Failure, toActionError } from './faults.ts';
import { compose, input } from './message.ts';
import type { MailClient } from './transport.ts';

/** Carried from attempt to attempt. */
interface Progress {
  readonly accepted: string[];
  readonly refused: { address: string; reason: string }[];
  /** The server's last word to an accepted mail. */
  response: string;
}

export const send = defineAction({
  description: 'Sends a mail. Recipients are tried one by one; the ones that were accepted are never mailed again.',
  input,
  output: {
    type: 'object',
    properties: {
      messageId: { type: 'string', description: 'The same in every attempt of the step.' },
      accepted: { type: 'array', items: { type: 'string' }, description: 'Addresses the server took the mail for.' },
      refused: {
        type: 'array',
        description: 'Addresses the server will never take it for.',
        items: {
          type: 'object',
          properties: {
            address: { type: 'string', description: 'The address as given.' },
            reason: { type: 'string', description: 'What the server said.' },
          },
          required: ['address', 'reason'],
        },
      },
      response: {
        type: 'string',
        description: "The server's answer to the last accepted one; often holds its queue id.",
      },
    },
    required: ['messageId', 'accepted', 'refused', 'response'],
  },
  effect: 'once',
  timeoutMs: 120_000,
  run: async (client: MailClient, input, attempt) => {
    const { mail, messageId, recipients } = compose(client, input, attempt);
    const progress = resume(attempt.progress);
    const postponed: { recipient: string; failure: Failure }[] = [];
    for (const recipient of recipients) {
      if (isSettled(progress, recipient)) continue;
      const { signal } = attempt;
      const delivered = await client.deliver({ mail, recipient, signal, sending: () => attempt.sending() });
      if (delivered.ok) {
        progress.accepted.push(recipient);
        progress.response = delivered.response;
      } else if (delivered.failure.kind === 'refused') {
        progress.refused.push({ address: recipient, reason: delivered.failure.reason });
      } else if (delivered.failure.kind === 'postponed') {
        postponed.push({ recipient, failure: delivered.failure });
      } else {
        throw toActionError(delivered.failure, subjectOf(recipient, recipients, progress), progress);
      }
    }
    if (postponed.length > 0) throw postponement(postponed, progress);
    const { accepted, refused, response } = progress;
    if (accepted.length === 0) throw allRefused(refused, progress);
    return { messageId, accepted, refused, response };
  },
});

function resume(progress: unknown): Progress {
  const { accepted = [], refused = [], response = '' } = (progress ?? {}) as Partial<Progress>;
  return { accepted: [...accepted], refused: [...refused], response };
}

function isSettled(progress: Progress, recipient: string): boolean {
  return progress.accepted.includes(recipient) || progress.refused.some(({ address }) => address === recipient);
}

/** Names the recipient, and those who were not tried because of it. */
function subjectOf(recipient: string, recipients: readonly string[], progress: Progress): string {
  const left = recipients.filter((other) => other !== recipient && !isSettled(progress, other));
  return left.length === 0 ? `mail to ${recipient}` : `mail to ${recipient} (not tried yet: ${left.join(', ')})`;
}

function postponement(postponed: readonly { recipient: string; failure: Failure }[], progress: Progress): Error {
  const names = postponed.map(({ recipient }) => recipient).join(', ');
  const waits = postponed.map(({ failure }) => failure.retryAfterMs ?? 0);
  const longest = Math.max(...waits);
  const reasons = postponed.map(({ failure }) => failure.reason).join('; ');
  return new RetryableError(`mail to ${names}: the mail server postponed it (${reasons})`, {
    code: postponed[0]?.failure.code,
    cause: postponed[0]?.failure.cause,
    retryAfterMs: longest > 0 ? longest : undefined,
    progress,
  });
}

function allRefused(refused: Progress['refused'], progress: Progress): Error {
  const reasons = refused.map(({ address, reason }) => `${address}: ${reason}`).join('; ');
  return new PermanentError(`the mail server refused every recipient (${reasons})`, { progress });
}
