// The thread of the watchdog: when the main thread stands still it asks it where, says so, and ends the process.

import { writeSync } from 'node:fs';
import { Session, type Debugger, type Runtime } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  /** Counts up while the event loop turns. */
  readonly beats: Int32Array;
  readonly limitMs: number;
  readonly looks: number;
  /** Symbol of the global function that says whose code is under way. */
  readonly asked: string;
  readonly words: 'json' | 'text';
}

const { beats, limitMs, looks, asked, words } = workerData as WatchdogData;
/** How long the main thread has to say where it is; inside a native call it cannot. */
const answerMs = 2000;
const exitCode = 70;

let last = -1;
let still = 0;
const timer = setInterval(() => {
  const now = Atomics.load(beats, 0);
  still = now === last ? still + 1 : 0;
  last = now;
  if (still < looks) return;
  clearInterval(timer);
  interrupt();
}, limitMs / looks);

interface Found {
  readonly origin: Readonly<Record<string, unknown>>;
  readonly at: readonly string[];
}

/** Stops the main thread where it is, as a debugger would: also in the middle of a loop. */
function interrupt(): void {
  const session = new Session();
  const scripts = new Map<string, string>();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params: { callFrames } }) => {
    const at = callFrames.slice(0, 5).map((frame) => placeOf(frame, scripts));
    ask(session, callFrames, `globalThis[Symbol.for('${asked}')]()`, (answer) => {
      end({ origin: parse(answer), at });
      // Of all ways to end a process only this one works for the first one of a container.
      ask(session, callFrames, `process.reallyExit(${exitCode})`, () => undefined);
    });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
  setTimeout(() => end({ origin: {}, at: [] }), answerMs);
}

function ask(
  session: Session,
  [frame]: readonly Debugger.CallFrame[],
  expression: string,
  then: (answer: Runtime.RemoteObject | undefined) => void,
): void {
  if (frame === undefined) return then(undefined);
  session.post('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression }, (_, answer) =>
    then(answer?.result),
  );
}

function placeOf({ functionName, location }: Debugger.CallFrame, scripts: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber } = location;
  const place = `${scripts.get(scriptId) ?? ''}:${lineNumber + 1}:${(columnNumber ?? 0) + 1}`;
  return functionName === '' ? place : `${functionName} (${place})`;
}

function parse(answer: Runtime.RemoteObject | undefined): Found['origin'] {
  return typeof answer?.value === 'string' ? (JSON.parse(answer.value) as Found['origin']) : {};
}

let ended = false;

/** Says what is known, and makes sure of the end. */
function end(found: Found): void {
  if (ended) return;
  ended = true;
  say(found);
  setTimeout(() => {
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container survives that; an abort it does not.
    setFlagsFromString('--abort-on-uncaught-exception');
    throw new Error('the event loop stands still');
  }, 500);
}

function say({ origin, at }: Found): void {
  const whose = Object.keys(origin).length > 0;
  const msg = `the event loop stood still for ${limitMs} ms${whose ? ' in a connector' : ''}; the process ends, start it again`;
  const text = [msg, ...Object.entries(origin).map(([name, value]) => `${name} ${String(value)}`), ...at].join('\n  ');
  const line = JSON.stringify({ level: 50, time: new Date().toISOString(), ...origin, at, msg });
  try {
    writeSync(words === 'json' ? 1 : 2, `${words === 'json' ? line : text}\n`);
  } catch {
    // Nobody listens.
  }
}
