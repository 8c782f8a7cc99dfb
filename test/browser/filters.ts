// The filter of a list: every one that the API knows has a field, and what is typed is what is asked for.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import type { Theatre } from './theatre.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
}
type Paths = Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;

/** Those that are no filter of a person, or are given by the screen itself. */
const ofTheScreen: Readonly<Record<string, readonly string[]>> = {
  '/api/events': ['limit', 'before', 'reasons'],
  '/api/runs': ['limit', 'before'],
  '/api/deliveries': ['limit', 'before', 'status', 'event'],
};

export function filterTests(theatre: () => Theatre): void {
  describe('a filter', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());
    const rows = () => watched.page.locator('tbody tr');

    test.each([
      ['events', 'Events', '/api/events'],
      ['runs', 'Runs', '/api/runs'],
      ['refused', 'Refused deliveries', '/api/deliveries'],
    ])('of %s has a field for everything that the API filters by', async (place, heading, path) => {
      const { page, go } = watched;
      const { paths } = (await theatre().stage.api('/openapi.json')) as { paths: Paths };
      const asked = (paths[path]?.get?.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      expect(asked.length).toBeGreaterThan(5);
      await go(place, heading);
      await page.getByLabel(/Received|Created/).selectOption('between');
      expect(await page.locator('form.filters input[type="datetime-local"]').count()).toBe(2);
      const fields = await page.locator('form.filters [name]').all();
      const names = await Promise.all(fields.map((field) => field.getAttribute('name')));
      const wanted = asked.filter((name) => !(ofTheScreen[path] ?? []).includes(name));
      expect(new Set([...names, 'from', 'to'])).toEqual(new Set(wanted));
    });

    test('between two times takes what came between them, in the zone of who looks', async () => {
      const { page, go } = watched;
      const local = (hours: number) => {
        const at = Date.now() + hours * 3_600_000;
        return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
      };
      await go('events', 'Events');
      await page.getByLabel('Received').selectOption('between');
      await page.getByLabel('From').fill(local(-2));
      await page.getByLabel('Until').fill(local(2));
      await page.waitForURL(/from=[^&]+Z&to=[^&]+Z|to=[^&]+Z&from=[^&]+Z/);
      await page.getByRole('link', { name: 'visitor.seen' }).first().waitFor();
      await page.getByLabel('From').fill(local(1));
      await page.getByText('No event passes this filter').waitFor();
      await page.reload();
      await page.getByText('No event passes this filter').waitFor();
      expect(await page.getByLabel('From').inputValue()).toBe(local(1));
      await page.getByRole('link', { name: 'Clear' }).click();
      await page.getByRole('link', { name: 'visitor.seen' }).first().waitFor();
      expect(await page.getByLabel('Received').inputValue()).toBe('');
    });

    test('keeps what was typed before, however fast the next field is filled, and forgets it when cleared', async () => {
      const { page, go } = watched;
      await go('events', 'Events');
      await page.evaluate(`(() => {
        const type = (name, value) => {
          const field = document.querySelector('form.filters [name="' + name + '"]');
          field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        type('type', 'order.paid');
        type('source', 'shop');
      })()`);
      await page.waitForURL((url) => url.hash.includes('type=order.paid') && url.hash.includes('source=shop'));
      await page.getByRole('link', { name: 'Clear' }).click();
      await page.getByText('visitor.seen').first().waitFor();
      expect(await page.getByLabel('Type').inputValue()).toBe('');
      expect(await page.getByLabel('Source').inputValue()).toBe('');
    });

    test('finds the runs of an event and a refused delivery by its id, and offers the names of the file', async () => {
      const { page, go } = watched;
      const { stage, history } = theatre();
      await go('runs', 'Runs');
      await page.getByLabel('Event').fill(history.call);
      await page.waitForURL(/event=evt_/);
      await page.getByRole('row', { name: /call-summary/ }).waitFor();
      await page.getByText('held: credentials').first().waitFor({ state: 'detached' });
      expect(await rows().count()).toBe(1);
      const names = 'datalist#names-workflow option[value="call-summary"]';
      await page.locator(names).waitFor({ state: 'attached' });
      await page.locator('datalist#names-connection option[value="bank"]').waitFor({ state: 'attached' });
      const { items } = (await stage.api('/deliveries?reason=source.unknown')) as { items: readonly { id: string }[] };
      await go(`refused?id=${items[0]?.id ?? 'none'}`, 'Refused deliveries');
      await page.getByText('nobody').waitFor();
      expect(await page.getByText('signature.missing').count()).toBe(0);
    });

    test('is folded away on a telephone, and opened by one press', async () => {
      const { page, go } = watched;
      await page.setViewportSize({ width: 360, height: 740 });
      await go('runs', 'Runs');
      await page.reload();
      await page.getByRole('button', { name: 'Filter' }).waitFor();
      expect(await page.getByLabel('Workflow').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByLabel('Workflow').waitFor();
      await page.setViewportSize({ width: 1280, height: 860 });
      expect(await page.getByRole('button', { name: 'Filter' }).isVisible()).toBe(false);
      expect(watched.wrong).toEqual([]);
    });
  });
}
