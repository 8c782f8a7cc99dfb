// A chat platform as a sender: events, commands, interactions and its handshake.

import { describe, expect, it } from 'vitest';
import slack from '../../../connectors/slack/source.ts';
import { ask, hmac, now, seconds } from './ask.ts';

describe('slack', () => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';
  const headers = (body: string) => ({
    'X-Slack-Signature': `v0=${hmac(`v0:${seconds}:${body}`, secret)}`,
    'X-Slack-Request-Timestamp': seconds,
  });
  const judge = (body: string, settings: unknown = {}) =>
    ask({ source: slack, body, headers: headers(body), secrets: [secret], settings });

  it("verifies Slack's published example", () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&' +
      'user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F' +
      'commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const published = {
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      'X-Slack-Request-Timestamp': '1531420618',
    };
    const asked = { source: slack, body, headers: published, secrets: [secret], settings: { sends: 'commands' } };
    expect(ask({ ...asked, later: 1_531_420_618_000 - now })).toMatchObject({
      type: '/webhook-collect',
      key: '/webhook-collect:398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      data: { user_name: 'roadrunner', text: '' },
    });
    expect(ask(asked)).toBe('signature.stale');
  });

  it('has the inner event as type and data', () => {
    expect(
      judge(
        '{"type":"event_callback","event_id":"Ev1","event_time":1774000000,"event":{"type":"app_mention","text":"hi"}}',
      ),
    ).toEqual({
      type: 'app_mention',
      key: 'app_mention:Ev1',
      time: '2026-03-20T09:46:40.000Z',
      data: { type: 'app_mention', text: 'hi' },
    });
  });

  it('reads the JSON inside an interaction, and survives one without', () => {
    const settings = { sends: 'interactions' };
    const body = `payload=${encodeURIComponent('{"type":"block_actions","trigger_id":"t1"}')}`;
    expect(judge(body, settings)).toMatchObject({ type: 'block_actions', key: 'block_actions:t1' });
    for (const broken of ['payload=%7B', 'payload=null', 'payload=1&payload=2', '']) {
      expect(judge(broken, settings)).toMatchObject({ type: 'unknown' });
    }
  });

  it('answers the handshake with its challenge, and nothing else', () => {
    const shake = (body: unknown) => slack.handshake?.({ body, headers: new Map(), receivedAt: 0 }, []);
    expect(shake({ type: 'url_verification', challenge: 'abc' })).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: 'abc',
    });
    for (const body of [
      { type: 'url_verification' },
      { type: 'url_verification', challenge: 3 },
      { type: 'event_callback' },
      null,
      [],
    ]) {
      expect(shake(body)).toBeNull();
    }
  });
});
