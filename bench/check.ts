// How long `hookline check` takes for a thousand workflows, the whole command from its start to its end.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { median } from './load.ts';

const rounds = Number(process.argv[2] ?? 5);
const count = 1000;
const main = fileURLToPath(new URL('../bin/hookline.js', import.meta.url));

const parts = `version: 1
env: { OWNER: owner@example.com }
sources: { truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] } }
connections:
  crm: { uses: salesforce, with: { loginUrl: https://example.my.salesforce.com, clientId: "\${{ secrets.ID }}", clientSecret: "\${{ secrets.SF }}" } }
  mail: { uses: email, with: { host: smtp.example.com, port: 587, from: calls@example.com } }
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
`;

const short = (index: number) => `  w${index}:
    on: truedy:call.ended
    if: event.data.call.agent.agentId == "a${index}" && event.data.call.duration >= ${index}
    steps: [{ uses: ops.post-message, with: { channel: "#c${index}", text: "Call \${{ event.data.call.summary ?? 'none' }}" } }]
`;

const long = (index: number) => `  w${index}:
    description: Push the summary of calls of agent ${index}.
    on: truedy:call.ended
    unique: event.data.call.callId
    if: event.data.call.agent.agentId == "a${index}" && event.data.call.endReason != "unjoined" && (event.data.call.summary ?? "") != ""
    steps:
      - id: log
        uses: crm.upsert-record
        with:
          object: Task
          externalId: { field: Truedy_Call_Id__c, value: "\${{ event.data.call.callId }}" }
          record:
            Subject: Call with \${{ event.data.call.agent.agentId ?? "an agent" }}
            CallDurationInSeconds: \${{ event.data.call.duration ?? 0 }}
      - id: tell
        uses: mail.send
        with:
          to: [{ address: "\${{ env.OWNER }}" }]
          subject: Call summary (\${{ formatDuration(event.data.call.duration ?? 0) }})
          text: |
            \${{ event.data.call.summary }}

            Salesforce task: \${{ steps.log.output.id }}
      - uses: ops.post-message
        needs: [log]
        with: { channel: "#c${index}", text: "\${{ event.data.call.summary }}" }
`;

/** At its end the process tells its processor time on a third pipe. */
const teller = `import fs from 'node:fs';
const sum = ({ user, system }) => (user + system) / 1000;
process.on('exit', () => fs.writeSync(3, JSON.stringify([sum(process.threadCpuUsage()), sum(process.cpuUsage())])));`;

const dir = mkdtempSync(join(tmpdir(), 'hookline-bench-check-'));
try {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const oneFile = join(dir, 'workflows.yaml');
  writeFileSync(oneFile, `${parts}workflows:\n${numbers.map(short).join('')}`);
  const folder = join(dir, 'workflows');
  mkdirSync(folder);
  writeFileSync(join(folder, 'parts.yaml'), parts);
  for (let from = 0; from < count; from += 100) {
    const some = numbers.slice(from, from + 100).map(long);
    writeFileSync(join(folder, `calls-${from / 100}.yaml`), `version: 1\nworkflows:\n${some.join('')}`);
  }
  const example = fileURLToPath(new URL('../workflows.example.yaml', import.meta.url));
  await tell('the example: 1 workflow', example);
  await tell(`one file: ${count} workflows of one step`, oneFile);
  await tell(`a folder of 11 files: ${count} workflows of three steps`, folder);
} finally {
  rmSync(dir, { recursive: true });
}

async function tell(what: string, target: string): Promise<void> {
  const runs: Awaited<ReturnType<typeof check>>[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await check(target));
  const middle = (name: 'wallMs' | 'threadMs' | 'processMs') => median(runs.map((run) => run[name])).toFixed(0);
  console.log(
    `${what}: ${middle('wallMs')} ms; processor time of the main thread ${middle('threadMs')} ms, of the process ${middle('processMs')} ms`,
  );
}

async function check(target: string) {
  const before = performance.now();
  const args = ['--import', `data:text/javascript,${encodeURIComponent(teller)}`, main, 'check', target];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const told = readAll(child.stdio[3] as Readable);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`check ended with ${String(code)}`);
  const [threadMs = NaN, processMs = NaN] = JSON.parse(await told) as number[];
  return { wallMs: performance.now() - before, threadMs, processMs };
}
