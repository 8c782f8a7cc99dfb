// Who may look, who may act, and that a keyboard is enough.

import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { openPage } from './browser.ts';
import { tokens } from './stage.ts';
import type { Theatre } from './theatre.ts';

export function peopleTests(theatre: () => Theatre): void {
  describe('a person', () => {
    test('signs in with the token, not with another one, and out again', async () => {
      const { page, context } = await openPage(theatre().browser, theatre().stage, { as: null });
      await page.getByLabel('Admin token').fill('a-wrong-token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('not the token of this Hookline').waitFor();
      expect(await context.cookies()).toEqual([]);
      await page.locator('input#token:focus').waitFor();
      await page.getByLabel('Admin token').fill(tokens.operator);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      expect(JSON.stringify(await context.storageState())).not.toContain(tokens.operator);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Admin token').waitFor();
      expect(await context.cookies()).toEqual([]);
      await context.close();
    });

    test('comes in by the link that dev prints, which leaves the address at once', async () => {
      const { page, context } = await openPage(theatre().browser, theatre().stage, { as: null });
      await page.goto('about:blank');
      await page.goto(`${theatre().stage.app.adminUrl}/#/enter/${tokens.code}`);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(page.url()).not.toContain(tokens.code);
      await context.close();
    });

    test('who may only look sees no button that acts, and the server refuses what is asked all the same', async () => {
      const { stage, history, browser } = theatre();
      const { page, context, go, wrong } = await openPage(browser, stage, { as: 'viewer' });
      for (const [place, heading, word] of [
        [`runs/${history.doubt}`, 'refund', 'Did “pay” happen?'],
        [`runs/${history.dead[0]}`, 'refund', 'account "4711" does not exist'],
        [`events/${history.call}`, 'call.ended', 'took it'],
        ['attention', 'Attention', 'The workflow sent is paused'],
        ['connections', 'Connections', 'A person paused it'],
        ['workflows', 'Workflows', 'paused'],
        ['workflows/sent', 'sent', 'wait before their next step'],
        [`runs/${history.pausedWorkflow}`, 'sent', 'The workflow sent is paused'],
      ] as const) {
        await go(place, heading);
        await page.getByText(word).first().waitFor();
        const acts = /^(Retry|Cancel|Replay|It happened|Do it again|Pause|Resume|Check)/;
        expect(await page.getByRole('button', { name: acts }).count(), place).toBe(0);
      }
      const headers = { 'x-hookline-console': '1', origin: stage.app.adminUrl };
      const asked = await context.request.post(`${stage.app.adminUrl}/api/runs/${history.doubt}/cancel`, {
        headers,
        data: {},
      });
      expect(asked.status()).toBe(403);
      expect(wrong).toEqual([]);
      await context.close();
    });

    test('answers a question with the keyboard alone', async () => {
      const { stage, browser } = theatre();
      const event = await stage.shop('refund.requested', { amount: 10, as: 'doubt keyboard' });
      const run = await stage.come(event, 'held');
      const { page, context, wrong } = await openPage(browser, stage);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await tabTo(page, 'Skip to the content');
      await tabTo(page, 'Attention');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Attention' }).waitFor();
      await page.getByText(run).waitFor();
      await tabTo(page, run);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Did “pay” happen?' }).waitFor();
      await tabTo(page, 'It happened');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type('{"receipt":"R-1"}');
      await tabTo(page, 'It happened');
      await page.keyboard.press('Enter');
      await page.locator('dl.facts').getByText('succeeded').waitFor();
      expect(wrong).toEqual([]);
      await context.close();
    });
  });
}

/** Presses Tab until what has the focus says this. */
export async function tabTo(page: Page, words: string): Promise<void> {
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press('Tab');
    const said = await page.evaluate<string>('document.activeElement?.textContent ?? ""');
    if (said.trim().startsWith(words)) return;
  }
  throw new Error(`no way to "${words}" with Tab`);
}
