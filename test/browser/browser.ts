// A real Chromium for the tests, and what every one of its pages is watched for.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { tokens, type Stage } from './stage.ts';

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is; undefined: the browser tests cannot run. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path));

/** Printed, because what does not run must be seen. */
export const missing =
  'NO BROWSER TESTS: there is no Chromium. Install it (apt-get install -y --no-install-recommends chromium) or name it in CHROMIUM.';

export function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];
  return chromium.launch({ executablePath: chromiumPath ?? '', args });
}

export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts and of the policy, and requests to anybody else. */
  readonly wrong: readonly string[];
  /** Goes to a place of the page and waits until its screen says this. */
  readonly go: (place: string, heading: string | RegExp) => Promise<void>;
}

export interface OpenPage {
  readonly as?: 'operator' | 'viewer' | null;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page that is signed in, in a context of its own. `null`: nobody is. */
export async function openPage(browser: Browser, stage: Stage, given: OpenPage = {}): Promise<Watched> {
  const { as = 'operator', width = 1280, colorScheme = 'light' } = given;
  const url = stage.app.adminUrl;
  const context = await browser.newContext({
    viewport: { width, height: 860 },
    colorScheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(25_000);
  if (as !== null) {
    const headers = { 'x-hookline-console': '1', origin: url };
    await context.request.post(`${url}/api/session`, { headers, data: { token: tokens[as] } });
  }
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/status of 4\d\d/.test(text))
      wrong.push(`console: ${text} ${JSON.stringify(message.location())}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) wrong.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`${url}/`);
  return {
    page,
    context,
    wrong,
    go: async (place, heading) => {
      await page.goto(`${url}/#/${place}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    },
  };
}
