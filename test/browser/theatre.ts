// The one server and the one browser that all browser tests share.

import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { buildPage } from './build.ts';
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
