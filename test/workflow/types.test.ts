// Every mistake that the type checker finds, at its place, beside what is right and must not be spoken of.

import { describe, expect, it } from 'vitest';
import { placesIn, unmark, withIf, withInput } from './types-catalog.ts';

type Case = readonly [code: string, marked: string];

const unknown = 'expression.unknown-field';
const lacking = 'expression.maybe-missing';
const wrong = 'expression.type';
const unlisted = 'expression.not-listed';
const never = 'expression.never';
const condition = 'expression.condition';
const fine = '';

/** An empty code: no problem. */
const conditions: readonly Case[] = [
  [unknown, 'event.data.call.¦sumary != null'],
  [unknown, 'event.data.¦cal.summary != null'],
  [unknown, 'event.¦dat.call.summary != null'],
  [unknown, 'event.data.call.agent.¦nmae == "Ann"'],
  [unknown, 'event.data.call[¦"sumary"] != null'],
  [unknown, 'event.data.call.parts.some(part => part.¦txt == "a")'],
  [unknown, 'event.data.call.summary.¦size > 3'],
  [unknown, 'event.data.call.status == "done" && event.data.call.¦length > 3'],
  [unknown, 'event.data.call.parts[0].¦speaker == "Ann"'],
  [unknown, 'event.data.¦batchId == "b1"'],
  [unknown, 'event.body.¦data == 1'],
  [unknown, 'event.data.call.duration > 5 ? event.data.call.¦x : true'],
  [fine, 'event.data.call.metadata.anything.below > 3'],
  [fine, 'event.data.call.extra.anything == 3'],
  [fine, 'event.data.call.labels.anything == "x"'],
  [unknown, 'event.data.call.labels.anything.¦below == "x"'],
  [fine, 'event.data.call.summary.length > 3'],
  [fine, 'event.data.call.parts.length > 0'],
  [fine, 'event.body.sent == "a"'],

  [lacking, '¦event.data.call.duration / 60 > 5'],
  [lacking, '60 * ¦event.data.call.duration > 5'],
  [lacking, '-¦event.data.call.duration < 5'],
  [lacking, '¦event.data.call.rating > 3'],
  [lacking, 'event.data.call.rating != 0 && 3 < ¦event.data.call.rating'],
  [lacking, 'truncate(¦event.data.call.summary, 3) == "abc"'],
  [lacking, '"refund".includes(¦event.data.call.summary)'],
  [lacking, '`${¦event.data.call.agent.name}` == "Ann"'],
  [lacking, '¦event.data.call.summary + "!" == "a!"'],
  [lacking, 'within(¦event.time, "1h", event.receivedAt)'],
  [lacking, '(¦event.data.call.summary ?? event.data.call.shortSummary) + "" == "a"'],
  [lacking, 'event.data.call.parts.map(part => ¦part.seconds + 1).length > 1'],
  [lacking, 'event.data.call.parts.filter(part => part.text != "").map(part => ¦part.seconds + 1).length > 1'],
  [lacking, '¦event.data.call.summary.trim() + "" == "a"'],
  [lacking, 'sum(event.data.call.parts, part => ¦part.seconds * 2) > 60'],
  [lacking, '¦event.data.call.parts.find(part => part.text == "a") + "" == ""'],
  [lacking, 'event.data.call.summary == null && ¦event.data.call.duration + 1 == 2'],
  [
    lacking,
    '(event.data.call.duration != null || event.data.call.isSuccess == true) && ¦event.data.call.duration * 2 > 4',
  ],
  [fine, 'event.data.call.duration > 60'],
  [fine, 'event.data.call.duration != null && event.data.call.duration / 60 > 5'],
  [fine, 'event.data.call.duration / 60 > 5 && event.data.call.duration != null'],
  [fine, 'event.data.call.duration == null || event.data.call.duration / 60 > 5'],
  [fine, '!(event.data.call.duration == null) && event.data.call.duration / 60 > 5'],
  [fine, 'event.data.call.duration > 10 && event.data.call.duration / 60 > 5'],
  [fine, '(event.data.call.duration ?? 0) / 60 > 5'],
  [fine, '(event.data.call.duration ?? 0) > 5 && event.data.call.duration / 60 > 5'],
  [fine, '(event.data.call.rating ?? 0) > 3'],
  [fine, 'event.data.call.rating != null && event.data.call.rating > 3'],
  [fine, 'event.data.call.summary == "x" && event.data.call.summary + "" == "x"'],
  [fine, '(event.data.call.summary ?? "") != "" && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, '"" != (event.data.call.summary ?? "") && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, '(event.data.call.summary ?? "").trim() != "" && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, '(event.data.call.summary ?? "").length > 0 && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, 'event.data.call.summary.length > 0 && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, 'event.data.call.summary.includes("a") && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, '(event.data.call.summary ?? "").includes("a") && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, '["a", "b"].includes(event.data.call.summary) && truncate(event.data.call.summary, 3) == "abc"'],
  [fine, 'event.data.call.summary != null ? event.data.call.summary + "" == "a" : false'],
  [fine, 'event.data.call.summary == null ? false : event.data.call.summary + "" == "a"'],
  [fine, 'event.data.call.summary.toLowerCase() == "a" && event.data.call.summary + "" == "A"'],
  [fine, 'event.data.call.tags.includes("vip")'],
  [fine, 'event.data.call.tags.includes("vip") && event.data.call.tags.join(", ") + "" != ""'],
  [fine, 'event.data.call.parts.filter(part => part.seconds != null).map(part => part.seconds + 1).length > 1'],
  [fine, 'event.data.call.agent.name != null && event.data.call.agent.name + "" == "a"'],
  [
    fine,
    '(event.data.call.agent.name != null || event.data.call.agent.agentId != null) && (event.data.call.agent.name ?? event.data.call.agent.agentId) + "" == "a"',
  ],
  [fine, 'event.data.call.parts.filter(part => part.seconds != null).every(part => part.seconds * 2 > 1)'],
  [fine, 'event.data.call.parts[0].text + "" == "a"'],
  [
    fine,
    `(${Array.from({ length: 60 }, (_, n) => `event.data.call.summary == "s${n}"`).join(' || ')}) && event.data.call.summary + "" == "s1"`,
  ],
  [fine, 'date(event.time ?? event.receivedAt, "yyyy") == "2026"'],
  [fine, 'number(event.data.call.summary, 0) > 3'],

  [wrong, '¦event.data.call.callId - 1 > 3'],
  [wrong, 'event.data.call.status == "done" && ¦event.data.call.callId > 3'],
  [wrong, '¦event.data.call.agent > 3'],
  [wrong, 'event.data.call.parts[0].seconds > 3 && round(¦event.data.call.callId) > 3'],
  [wrong, 'truncate(event.data.call.callId, ¦"3") == "abc"'],
  [wrong, 'sum(¦event.data.call.callId) > 3'],
  [wrong, 'keys(¦event.data.call.parts).length > 3'],
  [wrong, '[...¦event.data.call.callId].length > 3'],
  [wrong, '({ ...¦event.data.call.parts }).a == 1'],
  [lacking, '[...¦event.data.call.rating, 1].length > 3'],
  [lacking, 'json(¦event.data.call.summary) == "x"'],
  [fine, 'json(event.data.call.summary ?? null) == "x"'],
  [fine, '({ ...event.data.call.agent }).a == 1'],
  [wrong, '¦event.data.call.rating.trim() == "a"'],
  [wrong, '¦event.data.call.metadata.map(x => x).length > 1'],
  [wrong, '¦event.data.call.callId.some(x => x == "a")'],
  [wrong, 'event.data.call.callId.includes(¦3)'],
  [wrong, '¦event.data.call.parts + "a" == "b"'],
  [wrong, '"a" + ¦event.data.call.metadata == "b"'],
  [wrong, '`${¦event.data.call.parts}` == "b"'],
  [wrong, '3 - ¦true > 1'],
  [fine, 'event.data.call.ref + "" == "7"'],
  [fine, 'event.data.call.callId + 1 == "a1"'],
  [fine, 'event.receivedAt >= "2026" && event.data.call.summary < "b"'],
  [fine, 'json(event.data.call).length > 3'],
  [fine, 'event.data.call.callId.slice(0, 3) == "abc"'],
  [fine, 'event.data.call.parts.slice(0, 3)[0].text == "abc"'],
  [fine, 'event.data.call.metadata.x.includes("a")'],
  [fine, 'event.data.call.metadata.x - 1 > event.data.call.metadata.y'],

  [unlisted, 'event.data.call.endReason == ¦"hung_up"'],
  [unlisted, 'event.data.call.endReason != ¦"hangupp"'],
  [unlisted, '¦"hung_up" == event.data.call.endReason'],
  [unlisted, '["hangup", ¦"time-out"].includes(event.data.call.endReason)'],
  [fine, 'event.data.call.endReason == "hangup"'],
  [fine, 'event.data.call.endReason != "unjoined" && event.data.call.endReason != "unjoined"'],
  [fine, '["hangup", "timeout"].includes(event.data.call.endReason)'],
  [fine, 'event.data.call.endReason == env.OWNER'],
  [fine, 'env.OWNER == "somebody else" || env.LIMIT == 7'],
  [fine, 'event.data.call.metadata.kind == "anything"'],

  [never, '¦event.data.call.duration == "long"'],
  [never, '¦event.data.call.callId == 7'],
  [never, '¦event.data.call.isSuccess == "true"'],
  [never, '¦event.data.call.parts == "a"'],
  [
    never,
    'event.data.call.status != "done" && (¦event.data.call.status == "done" || event.data.call.isSuccess == true)',
  ],
  [never, '¦event.type == "call.started"'],
  [fine, 'event.data.call.duration == null'],
  [fine, 'event.data.call.callId == null'],
  [fine, 'event.data.call.callId != 7'],
  [fine, 'event.data.call.ref == 7 || event.data.call.ref == "7"'],
  [fine, 'event.data.call.isSuccess == true'],
  [fine, 'event.data.call.summary == event.data.call.shortSummary'],
  [fine, 'event.type == "call.ended"'],

  [condition, '¦event.data.call.summary'],
  [condition, 'event.data.call.isSuccess && ¦event.data.call.duration'],
  [condition, '¦event.data.call.summary || event.data.call.duration > 3'],
  [condition, '¦"event.data.call.isSuccess"'],
  [condition, '¦7 + 1'],
  [condition, '¦event.data.call.tags'],
  [fine, 'event.data.call.isSuccess'],
  [fine, '!event.data.call.summary'],
  [fine, 'event.data.call.summary ? true : false'],
  [fine, 'event.data.call.metadata.flag'],
  [fine, 'event.data.call.tags.some(tag => tag)'],
];

describe('a condition', () => {
  it.each(conditions)('%s %s', async (code, marked) => {
    const { text, at } = unmark(withIf(marked));
    expect(await placesIn(text)).toEqual(code === '' ? [] : [`${at} ${code}`]);
  });
});

type InputCase = readonly [code: string, field: string, marked: string, when?: string];

const answered = '(event.data.call.summary ?? "") != ""';

const inputs: readonly InputCase[] = [
  [lacking, 'title', '${{ ¦event.data.call.summary }}'],
  [lacking, 'title', 'About ${{ ¦event.data.call.summary }}'],
  [lacking, 'title', '${{ event.data.call.callId }} and ${{ ¦event.data.call.agent.name }}'],
  [lacking, 'tags', '${{ [¦event.data.call.summary + "!"] }}'],
  [unknown, 'body', '${{ event.data.call.¦summ }}'],
  [unknown, 'body', 'Run ${{ run.¦start }}'],
  [wrong, 'pages', '${{ ¦event.data.call.callId }}'],
  [wrong, 'urgent', '${{ ¦event.data.call.callId }}'],
  [wrong, 'body', '${{ ¦event.data.call.duration }}'],
  [wrong, 'body', '${{ ¦event.data.call }}'],
  [wrong, 'body', 'See ${{ ¦event.data.call.parts }}'],
  [wrong, 'tags', '${{ ¦event.data.call.callId }}'],
  [wrong, 'tags', '${{ ¦event.data.call.parts }}'],
  [wrong, 'kind', '${{ ¦event.data.call.status }}'],
  [wrong, 'kind', '${{ ¦event.data.call.duration > 60 ? "long" : "short" }}'],
  [wrong, 'due', '${{ ¦event.data.call.isSuccess }}'],
  [wrong, 'place', '${{ ¦{ shelf: 3 } }}'],
  [wrong, 'place', '${{ ¦{ folder: 3 } }}'],
  [wrong, 'maybe', '${{ ¦event.data.call.duration }}'],
  [wrong, 'counts', '${{ ¦event.data.call.callId }}'],
  [fine, 'title', '${{ event.data.call.summary }}', answered],
  [fine, 'title', 'About ${{ event.data.call.summary }}', answered],
  [fine, 'title', '${{ event.data.call.summary ?? "none" }}'],
  [fine, 'title', '${{ event.data.call.summary || "none" }}'],
  [fine, 'title', '${{ event.data.call.summary != "" ? event.data.call.callId : "none" }}'],
  [fine, 'body', '${{ event.data.call.summary }}'],
  [fine, 'share', '${{ event.data.call.duration }}'],
  [fine, 'share', '${{ event.data.call.rating }}'],
  [fine, 'pages', '${{ event.data.call.duration }}'],
  [fine, 'kind', '${{ event.data.call.duration > 60 ? "memo" : "letter" }}'],
  [fine, 'kind', '${{ event.data.call.metadata.kind }}'],
  [fine, 'tags', '${{ event.data.call.tags }}'],
  [fine, 'tags', '${{ event.data.call.parts.map(part => part.text) }}'],
  [fine, 'tags', '${{ [] }}'],
  [fine, 'due', '${{ event.data.call.ref }}'],
  [fine, 'maybe', '${{ null }}'],
  [fine, 'place', '${{ { folder: event.data.call.callId, shelf: 3 } }}'],
  [fine, 'place', '${{ { ...event.data.call.metadata } }}'],
  [fine, 'fields', '${{ event.data.call }}'],
  [fine, 'target', '${{ { kind: "page", page: 3 } }}'],
  [wrong, 'target', '${{ ¦{ kind: "page", title: "a" } }}'],
];

describe('a value of an input', () => {
  const named = inputs.map((one) => [one.slice(0, 3).join(' '), one] as const);

  it.each(named)('%s', async (_, [code, field, marked, when]) => {
    const { text, at } = unmark(withInput(field, marked, when));
    expect(await placesIn(text)).toEqual(code === '' ? [] : [`${at} ${code}`]);
  });
});
