// The check of a connection, made in the page: its answer stands where it was asked for, and readers are told.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { tabTo } from './people.ts';
import { expectAccessible, expectNoSideways } from './screens.ts';
import type { Theatre } from './theatre.ts';

export function checkTests(theatre: () => Theatre): void {
  describe('a connection', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());
    const article = (name: string) => watched.page.getByRole('article', { name: `Connection ${name}` });

    test('that works is said to, by a call that changes nothing', async () => {
      const { page, go } = watched;
      const before = theatre().stage.world.calls.length;
      await go('connections', 'Connections');
      for (const name of ['bank', 'chat', 'crm', 'mail']) {
        await page.getByRole('button', { name: `Check ${name}` }).click();
        await article(name).getByRole('status').getByText('works', { exact: true }).waitFor();
      }
      expect(theatre().stage.world.calls).toHaveLength(before);
    });

    test('that does not work is said not to, with the reason, and lets its runs go on once it does', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const event = await stage.shop('partner.joined', { name: 'Lakeside' });
      await stage.come(event, 'held');
      await go('connections', 'Connections');
      const partner = article('partner');
      await partner.getByText('paused: credentials').waitFor();
      await partner.getByRole('link', { name: '1 held' }).waitFor();
      await partner.getByText('3 at the same time').waitFor();
      await partner.getByRole('button', { name: 'Check partner' }).click();
      const said = partner.getByRole('status');
      await said.getByText('does not work').waitFor();
      await said.getByText('the API key was refused').waitFor();
      await partner.getByText('paused: credentials').waitFor();
      await watched.page.setViewportSize({ width: 360, height: 740 });
      await expectNoSideways(watched);
      await watched.page.setViewportSize({ width: 1280, height: 860 });
      await expectAccessible(watched);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(watched, ['color-contrast']);
      await page.emulateMedia({ colorScheme: 'light' });

      stage.world.mended.add('no entry: partner');
      await partner.getByRole('button', { name: 'Check partner' }).click();
      await said.getByText('its runs go on').waitFor();
      await stage.come(event, 'succeeded');
      await partner.getByText('ok', { exact: true }).waitFor();
      await partner.getByRole('link', { name: '1 held' }).waitFor({ state: 'detached' });
      await go('activity', 'Activity');
      await page
        .getByRole('row', { name: /connections › check partner operator/ })
        .first()
        .waitFor();
    });

    test('is checked with the keyboard alone, which keeps its place', async () => {
      const { page, go } = watched;
      await go('connections', 'Connections');
      await page.reload();
      await page.getByRole('button', { name: 'Check bank' }).waitFor();
      await tabTo(page, 'Check bank');
      await page.keyboard.press('Enter');
      await article('bank').getByRole('status').getByText('works', { exact: true }).waitFor();
      await page.locator('button:focus', { hasText: 'Check bank' }).waitFor();
    });

    test('says what it is busy with, how fast it may be called and what went wrong last', async () => {
      const { go } = watched;
      await go('connections', 'Connections');
      await article('partner').getByText('600/min · 3 at the same time').waitFor();
      await article('bank')
        .getByText(/\d+ held/)
        .waitFor();
      await article('bank').getByText('Last error:').waitFor();
      await article('archive').getByText('1 waiting').waitFor();
      await article('chat').getByText('ok', { exact: true }).waitFor();
      expect(await article('chat').locator('.busy-with, .last-error').count()).toBe(0);
    });

    test('caused no error, no breach of the policy and no request to anybody else', () => {
      expect(watched.wrong).toEqual([]);
    });
  });
}
