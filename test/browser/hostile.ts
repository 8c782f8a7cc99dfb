// What a sender may put into an event to reach whoever looks at it: nothing of it runs, leaves or breaks the page.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { expectNoSideways } from './screens.ts';
import type { Theatre } from './theatre.ts';

const markup = [
  '<script>window.ran = 1</script>',
  '</script><script>window.ran = 2</script>',
  '<img src=x onerror="window.ran = 3">',
  '<svg onload="window.ran = 4"><a href="javascript:window.ran = 5">x</a></svg>',
  '"><iframe srcdoc="<script>parent.ran = 6</script>"></iframe>',
  "';window.ran = 7;//",
  '{{constructor.constructor("window.ran = 8")()}}',
].join(' ');
const odd = `\u202Egnp.exe \u001B[31mred\u001B[0m \u0000 ${'\u0301'.repeat(50)} javascript:alert(1)`;

function deep(levels: number): unknown {
  let value: unknown = markup;
  for (let level = 0; level < levels; level++) value = { ['<b onmouseover=window.ran=9>']: [value] };
  return value;
}

export function hostileTests(theatre: () => Theatre): void {
  describe('a hostile event', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());

    const expectHarmless = async () => {
      const { page, wrong } = watched;
      expect(await page.evaluate('window.ran')).toBeUndefined();
      expect(
        await page.evaluate('document.querySelectorAll("main script, main iframe, main img, main object").length'),
      ).toBe(0);
      expect(
        await page.evaluate(`[...document.links].filter(({ protocol }) => !protocol.startsWith('http')).length`),
      ).toBe(0);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSideways(watched);
      await page.setViewportSize({ width: 1280, height: 860 });
      expect(wrong).toEqual([]);
    };

    test('is text on every screen that shows it', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const data = {
        amount: 5,
        as: `fail:${markup}`,
        odd,
        markup,
        [markup]: 1,
        deep: deep(12),
        list: Array.from({ length: 500 }, () => markup),
      };
      const own = JSON.stringify(data).replace(
        '{',
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
      );
      const event = await stage.shop('refund.requested', JSON.parse(own));
      const run = await stage.come(event, 'failed');
      await go(`events/${event}`, 'refund.requested');
      await page.getByText('__proto__').waitFor();
      await expectHarmless();
      for (const way of ['raw', 'curl']) {
        await page.getByRole('button', { name: way, exact: true }).click();
        await page.locator('pre').filter({ hasText: 'window.ran' }).first().waitFor();
        await expectHarmless();
      }
      expect(await page.evaluate('({}).polluted')).toBeUndefined();
      await go(`runs/${run}`, 'refund');
      await page.getByText('window.ran').first().waitFor();
      await expectHarmless();
      await go('attention', 'Attention');
      await page.getByText('window.ran').first().waitFor();
      await expectHarmless();
      await go(`runs?workflow=refund`, 'Runs');
      await page.locator(`a[href$="${run}"]`).waitFor();
      await expectHarmless();
    });

    test('is text in the sandboxes', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const event = await stage.call(`${markup} ${odd}`, '7c9e6679-7425-40de-944b-e07fc1f9ffff');
      await stage.come(event, 'succeeded');
      await go('sandboxes', 'Sandboxes');
      await page.locator('.letter').filter({ hasText: 'window.ran' }).waitFor();
      await page.locator('.said').filter({ hasText: 'window.ran' }).first().waitFor();
      await expectHarmless();
    });

    test('is text when it is refused', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const headers = {
        'content-type': 'application/json',
        'x-shop-token': 'wrong',
        'x-evil': '<img src=x onerror=window.ran=1>',
      };
      await fetch(`${stage.app.url}/webhooks/shop`, { method: 'POST', headers, body: markup });
      await go('refused?reason=signature.mismatch&source=shop', 'Refused deliveries');
      await page.locator('li').filter({ hasText: 'window.ran' }).first().locator('summary').click();
      await page.locator('pre').filter({ hasText: 'window.ran' }).first().waitFor();
      await expectHarmless();
    });

    test('of a megabyte is shown by its beginning', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const event = await stage.shop('visitor.seen', { text: 'x'.repeat(1_000_000) });
      await go(`events/${event}`, 'visitor.seen');
      await page.getByRole('button', { name: /show all 1,000,000 characters/ }).waitFor();
      await expectHarmless();
    });

    test('with a hostile type and address changes nothing in the page', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const event = await stage.shop('<img src=x onerror=window.ran=10>', {});
      await go('events', 'Events');
      if (event !== '') await page.locator(`a[href$="${event}"]`).waitFor();
      await expectHarmless();
      for (const place of [
        'events?type=<img src=x onerror=window.ran=11>',
        'events/%3Cscript%3E',
        'runs/..%2f..%2fstatus',
        '%E0%A4%A',
      ]) {
        await page.goto(`${stage.app.adminUrl}/#/${place}`);
        await page.locator('main').waitFor();
        await expectHarmless();
      }
    });
  });
}
