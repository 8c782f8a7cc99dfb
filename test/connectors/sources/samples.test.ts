// Every sample that ships, signed as its sender would sign it.

import { describe, expect, it } from 'vitest';
import github from '../../../connectors/github/source.ts';
import slack from '../../../connectors/slack/source.ts';
import stripe from '../../../connectors/stripe/source.ts';
import truedy from '../../../connectors/truedy/source.ts';
import { signRequest } from '../../../src/plugin/signature.ts';
import { ask, now } from './ask.ts';

describe('every sample of every preset', () => {
  const secret = `whsec_${Buffer.from('a secret for the samples').toString('base64')}`;
  const seed = { id: '3f0c8a52-6a1e-4c53-9a70-0f5de0f4a111', at: '2026-03-20T09:46:40.000Z' };
  const cases = [truedy, github, stripe, slack].flatMap((source) =>
    Object.entries(source.events).flatMap(([type, event]) =>
      Object.entries(event.samples).map(([shape, sample]) => ({ source, name: source.name, type, shape, sample })),
    ),
  );

  it.each(cases)(
    'is accepted as its type when signed as the sender would: $name $type $shape',
    ({ source, type, sample }) => {
      const body = JSON.stringify(sample(seed));
      const scheme = typeof source.scheme === 'function' ? source.scheme({}) : source.scheme;
      expect(scheme).toBeDefined();
      if (scheme === undefined) return;
      const request = { body: Buffer.from(body), secret, now, id: seed.id, url: '/webhooks/x', method: 'POST' };
      const headers = { ...source.sampleHeaders?.(type, seed), ...signRequest(scheme, request) };
      const found = ask({ source, body, headers, secrets: [secret] });
      expect(found).toMatchObject({ type });
      expect(typeof found === 'string' ? '' : found.key).not.toContain('undefined');
    },
  );
});
