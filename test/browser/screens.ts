// Every screen: it shows what happened, fits a telephone, and is readable by everyone in both themes.

import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import type { Theatre } from './theatre.ts';

/** Screen → its address, its heading, and a word that stands on it. */
export function screensOf({ history }: Theatre): Readonly<Record<string, readonly [string, string | RegExp, string]>> {
  return {
    overview: ['', 'Overview', 'Dead letters'],
    events: ['events', 'Events', 'visitor.seen'],
    'events that nobody took': ['events?status=ignored', 'Events', 'no workflow waits for visitor.seen'],
    'an event that was taken': [`events/${history.call}`, 'call.ended', 'took it'],
    'an event that was not taken': [`events/${history.small}`, 'order.paid', 'event.data.total > 100'],
    'an event whose value was taken': [`events/${history.pair}`, 'order.paid', 'there was one'],
    runs: ['runs', 'Runs', 'held: credentials'],
    'a run that succeeded': [`runs/${history.succeeded}`, 'call-summary', 'upsert-record'],
    'a run in doubt': [`runs/${history.doubt}`, 'refund', 'It happened'],
    'a run that failed': [`runs/${history.dead[0]}`, 'refund', 'account "4711" does not exist'],
    'a run of twenty attempts': [`runs/${history.flaky}`, 'refund', '20 attempts'],
    'a run that waits': [`runs/${history.waiting}`, 'refund', 'the ledger is being closed'],
    'a run of a paused workflow': [`runs/${history.pausedWorkflow}`, 'sent', 'held: workflow paused'],
    'an event of a paused workflow': [`events/${history.parcel}`, 'order.sent', 'held: workflow paused'],
    attention: ['attention', 'Attention', 'the amount is above the limit'],
    workflows: ['workflows', 'Workflows', 'Orders above 100'],
    'a workflow': ['workflows/call-summary', 'call-summary', 'exactly one'],
    'a paused workflow': ['workflows/sent', 'sent', 'wait before their next step'],
    connections: ['connections', 'Connections', 'the API key was refused'],
    refused: ['refused', 'Refused deliveries', 'source.unknown'],
    activity: ['activity', 'Activity', 'connections › pause'],
    sandboxes: ['sandboxes', 'Sandboxes', 'Priya Nair confirmed the appointment'],
    playground: ['playground', 'Playground', 'takes it'],
    'a run that is not there': ['runs/run_nothing', 'Run', 'does not exist'],
    'a place that is not there': ['nowhere', /./, ''],
  };
}

const names = [
  'overview',
  'events',
  'events that nobody took',
  'an event that was taken',
  'an event that was not taken',
  'an event whose value was taken',
  'runs',
  'a run that succeeded',
  'a run in doubt',
  'a run that failed',
  'a run of twenty attempts',
  'a run that waits',
  'a run of a paused workflow',
  'an event of a paused workflow',
  'attention',
  'workflows',
  'a workflow',
  'a paused workflow',
  'connections',
  'refused',
  'activity',
  'sandboxes',
  'playground',
  'a run that is not there',
  'a place that is not there',
];

export function screenTests(theatre: () => Theatre): void {
  describe('the screen', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());

    test.each(names)('%s is complete, accessible in both themes, and fits a telephone', async (name) => {
      const { page, go, wrong } = watched;
      const [place, heading, word] = screensOf(theatre())[name] ?? ['', '', ''];
      await page.setViewportSize({ width: 1280, height: 860 });
      await go(place, heading);
      await page.getByText(word).first().waitFor();
      await expectAccessible(watched);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(watched, ['color-contrast']);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSideways(watched);
      expect(wrong).toEqual([]);
    });

    test('of who is not signed in is accessible and fits a telephone', async () => {
      const door = await openPage(theatre().browser, theatre().stage, { as: null, width: 360 });
      await door.page.getByLabel('Admin token').waitFor();
      await expectAccessible(door);
      await door.page.keyboard.type('a-wrong-token');
      await door.page.keyboard.press('Enter');
      await door.page.getByRole('alert').waitFor();
      await expectAccessible(door);
      await door.page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(door, ['color-contrast']);
      await expectNoSideways(door);
      await door.context.close();
    });
  });
}

/** `rules`: only these; the theme changes nothing but colours. */
export async function expectAccessible({ page }: Watched, rules?: string[]): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

export async function expectNoSideways({ page }: Watched): Promise<void> {
  const [whole, seen] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
  expect(whole).toBeLessThanOrEqual(seen);
}
