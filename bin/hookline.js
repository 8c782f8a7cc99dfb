#!/usr/bin/env node
// Starts Hookline on Node 24 or newer: this process if it is one, else the copy that `npm ci` put beside us.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const major = Number(process.versions.node.split('.')[0]);
if (major >= 24) {
  module.enableCompileCache?.(process.env.HOOKLINE_COMPILE_CACHE);
  if (['serve', 'dev'].includes(process.argv[2] ?? '')) {
    // V8 lets the young generation grow to 128 MB where memory is plenty, and hardly ever takes it back: loading leaves none
    // of it behind, and load 32 MB.
    const growBy = (factor) => v8.setFlagsFromString(`--semi-space-growth-factor=${factor}`);
    const young = () => v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
    const watch = () => {
      growBy(2);
      const timer = setInterval(() => {
        if (young() < 32 * 1024 * 1024) return;
        growBy(1);
        clearInterval(timer);
      }, 100).unref();
    };
    growBy(1);
    setTimeout(watch, 2000).unref();
  }
  await import('../src/main.ts');
} else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error(`Hookline needs Node 24 or newer; this is ${process.version}. Run "npm ci", or install Node 24.`);
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C to both; a second one would end the child at once.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
