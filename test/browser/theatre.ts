// The one server and the one browser that all browser tests share.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { makeHistory, type History } from './history.ts';
import { openStage, type Stage } from './stage.ts';

export interface Theatre {
  readonly stage: Stage;
  readonly history: History;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export async function openTheatre(): Promise<Theatre> {
  buildPage();
  const [stage, browser] = await Promise.all([openStage(), openBrowser()]);
  const history = await makeHistory(stage);
  return {
    stage,
    history,
    browser,
    close: async () => {
      await browser.close();
      await stage.stop();
    },
  };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm ci` builds it; here it is built again when its sources have changed since. */
function buildPage(): void {
  const built = statSync(`${root}/src/console/dist/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folder = `${root}/src/console/page`;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => statSync(`${folder}/${name}`).mtimeMs));
  if (newest > built) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
}
