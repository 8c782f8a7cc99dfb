// A workflow paused in the page: its runs wait, every screen that shows them says why, and resumed they go on.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from './actions.ts';
import { openPage, type Watched } from './browser.ts';
import { tabTo } from './people.ts';
import type { Theatre } from './theatre.ts';

export function pauseTests(theatre: () => Theatre): void {
  describe('a paused workflow', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());
    const attemptsOf = async (run: string) => {
      const { attempts } = (await theatre().stage.api(`/runs/${run}`)) as { attempts: readonly object[] };
      return attempts.length;
    };

    test('holds its runs, is named wherever they are shown, and lets them go on', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      await go('workflows', 'Workflows');
      const row = page.getByRole('row', { name: /^stock/ });
      await answer(page, 'Pause stock', undefined, row);
      await row.getByText('paused', { exact: true }).waitFor();
      const event = await stage.shop('stock.low', { article: 'A-7' });
      const run = await stage.come(event, 'held');

      await go(`runs/${run}`, 'stock');
      await page.locator('dl.facts').getByText('held: workflow paused').waitFor();
      await page.getByRole('region', { name: 'What it waits for' }).getByText('The workflow stock is paused').waitFor();
      await go(`events/${event}`, 'stock.low');
      await page.getByText('held: workflow paused').waitFor();
      await page.getByText('It is paused since').waitFor();
      await go('attention', 'Attention');
      const group = page.getByRole('article', { name: 'stock: the workflow is paused' });
      await group.getByText('held: workflow paused').waitFor();
      await group.getByText('The workflow stock is paused').waitFor();
      await go('', 'Overview');
      await page.getByRole('region', { name: 'Paused workflows' }).getByRole('link', { name: 'stock' }).waitFor();
      await go('runs?workflow=stock', 'Runs');
      await page.getByRole('cell', { name: 'held: workflow paused', exact: true }).waitFor();
      expect(await attemptsOf(run)).toBe(0);

      await go('workflows/stock', 'stock');
      await page.getByRole('region', { name: 'Paused' }).waitFor();
      await page.getByRole('button', { name: 'Resume stock' }).click();
      await stage.come(event, 'succeeded');
      await page.getByRole('region', { name: 'Paused' }).waitFor({ state: 'detached' });
      await page.getByRole('row', { name: /succeeded/ }).waitFor();
      expect(await attemptsOf(run)).toBe(1);
      await go('activity', 'Activity');
      await page.getByRole('row', { name: /workflows › pause stock operator/ }).waitFor();
      await page.getByRole('row', { name: /workflows › resume stock operator/ }).waitFor();
    });

    test('is told apart from a paused connection', async () => {
      const { page, go } = watched;
      const { history } = theatre();
      await go(`runs/${history.paused}`, 'order');
      await page.locator('dl.facts').getByText('held: connection paused').waitFor();
      await page.getByText('The connection books is paused').waitFor();
    });

    test('is resumed where its run is seen to wait', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      await stage.api('/workflows/stock/pause', {});
      for (const place of ['run', 'attention'] as const) {
        const event = await stage.shop('stock.low', { article: 'A-8' });
        const run = await stage.come(event, 'held');
        if (place === 'run') await go(`runs/${run}`, 'stock');
        else await go('attention', 'Attention');
        const waits = page.getByRole(place === 'run' ? 'region' : 'article', { name: /waits for|^stock: / });
        await waits.getByRole('button', { name: 'Resume stock' }).click();
        await stage.come(event, 'succeeded');
        await waits.waitFor({ state: 'detached' });
        if (place === 'run') await stage.api('/workflows/stock/pause', {});
      }
    });

    test('is resumed and paused again with the keyboard alone, which keeps its place', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      await stage.api('/workflows/stock/pause', {});
      await go('', 'Overview');
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      await tabTo(page, 'Workflows');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Workflows' }).waitFor();
      await page.getByRole('button', { name: 'Resume stock' }).waitFor();
      await tabTo(page, 'Resume stock');
      await page.keyboard.press('Enter');
      await page.locator('button:focus', { hasText: 'Pause stock' }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Pause stock' }).waitFor();
      await tabTo(page, 'Pause');
      await page.keyboard.press('Enter');
      await page.locator('button:focus', { hasText: 'Resume stock' }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('button:focus', { hasText: 'Pause stock' }).waitFor();
    });

    test('that has left the file is still listed, and resumed', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      await stage.api('/workflows/stock/pause', {});
      await stage.withoutWorkflow('stock', async () => {
        await go('workflows', 'Workflows');
        const note = page.getByRole('region', { name: 'Paused: stock' });
        await note.getByText('no longer in the file').waitFor();
        await note.getByRole('button', { name: 'Resume stock' }).click();
        await note.waitFor({ state: 'detached' });
      });
    });

    test('caused no error, no breach of the policy and no request to anybody else', () => {
      expect(watched.wrong).toEqual([]);
    });
  });
}
