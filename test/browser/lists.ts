// Lists: what is looked for stands in the address, older rows are fetched, and new ones come by themselves.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import type { Theatre } from './theatre.ts';

export function listTests(theatre: () => Theatre): void {
  describe('a list', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());
    const rows = () => watched.page.locator('tbody tr');

    test('is filtered by what stands in the address', async () => {
      const { page, go } = watched;
      await go('events', 'Events');
      await page.getByLabel('Type').fill('customer.changed');
      await page.waitForURL(/type=customer\.changed/);
      await page.getByText('order.paid').first().waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'customer.changed' }).waitFor();
      expect(await rows().count()).toBe(1);
      await page.reload();
      await page.getByText('customer.changed').first().waitFor();
      expect(await page.getByLabel('Type').inputValue()).toBe('customer.changed');
      expect(await rows().count()).toBe(1);
      await page.getByLabel('Received').selectOption('15m');
      await page.waitForURL(/from=15m/);
      await page.getByLabel('Type').fill('nothing.like.this');
      await page.getByRole('link', { name: 'Show all events' }).click();
      await page.getByText('order.paid').first().waitFor();
    });

    test('finds an event by its id, and runs by what holds them', async () => {
      const { page, go } = watched;
      const { history } = theatre();
      await go(`events?id=${history.small}`, 'Events');
      await page.getByRole('link', { name: 'order.paid' }).waitFor();
      expect(await rows().count()).toBe(1);
      await go('runs?reason=credentials', 'Runs');
      await page.getByRole('cell', { name: 'held: credentials', exact: true }).waitFor();
      expect(await rows().count()).toBe(1);
      await go('refused?reason=source.unknown', 'Refused deliveries');
      await page.getByText('nobody').waitFor();
      expect(await page.getByText('signature.missing').count()).toBe(0);
    });

    test('goes on to older rows without repeating one, and shows a new one by itself', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      for (let index = 0; index < 60; index++) await stage.shop('visitor.seen', { page: index });
      await go('events?type=visitor.seen', 'Events');
      await page.getByRole('button', { name: 'Older' }).click();
      await page.getByRole('button', { name: 'Older' }).waitFor({ state: 'detached' });
      const seen = await rows().count();
      expect(seen).toBeGreaterThanOrEqual(60);
      const links = await rows().getByRole('link').all();
      const ids = await Promise.all(links.map((link) => link.getAttribute('href')));
      expect(new Set(ids).size).toBe(seen);
      const id = await stage.shop('visitor.seen', { page: 'live' });
      const posted = performance.now();
      await page.locator(`a[href$="${id}"]`).waitFor();
      console.info(`a new event was on the page after ${Math.round(performance.now() - posted)} ms`);
      expect(watched.wrong).toEqual([]);
    });
  });
}
