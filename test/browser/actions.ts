// Everything a person can do in the page, done there, with what really came of it in the store and at the other end.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { openPage, type Watched } from './browser.ts';
import { runOf } from './history.ts';
import type { Theatre } from './theatre.ts';

export function actionTests(theatre: () => Theatre): void {
  describe('an operator', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());

    /** A refund that came to this status, with its run on the screen. */
    const open = async (as: string, status: string) => {
      const { stage } = theatre();
      const event = await stage.shop('refund.requested', { amount: 10, as });
      const run = await stage.come(event, status);
      await watched.go(`runs/${run}`, 'refund');
      return { event, run };
    };
    const statusIs = (status: string) =>
      watched.page.locator('dl.facts').getByText(status, { exact: true }).first().waitFor();

    test('retries a failed run at the step that failed', async () => {
      const { stage } = theatre();
      await open('fail:retry', 'failed');
      stage.world.mended.add('fail:retry');
      await answer(watched.page, 'Retry');
      await statusIs('succeeded');
      expect(stage.world.calls.filter((call) => call === 'bank fail:retry')).toHaveLength(2);
    });

    test('retries by the file as it is now', async () => {
      const { page } = watched;
      const { run } = await open('fail:latest', 'failed');
      theatre().stage.world.mended.add('fail:latest');
      const asked = page.waitForRequest((request) => request.url().endsWith(`/${run}/retry`));
      await answer(page, 'Retry', (dialog) => dialog.getByRole('checkbox').check());
      expect((await asked).postDataJSON()).toEqual({ latest: true });
      await statusIs('succeeded');
    });

    test('cancels a run that is held', async () => {
      await open('doubt cancel', 'held');
      await answer(watched.page, 'Cancel run');
      await statusIs('canceled');
    });

    test('replays a run as new', async () => {
      const { stage } = theatre();
      const { event } = await open('ok', 'succeeded');
      await answer(watched.page, 'Replay as new');
      await stage.until((one) => one.kind === 'run' && one.eventId === event && one.status === 'succeeded');
      const { items } = (await stage.api(`/runs?event=${event}`)) as { items: readonly { replay: number }[] };
      expect(items.map(({ replay }) => replay)).toEqual([1, 0]);
    });

    test('says that it happened, with what later steps read', async () => {
      const { page } = watched;
      await open('doubt happened', 'held');
      await page.getByRole('button', { name: 'It happened' }).click();
      const dialog = page.getByRole('dialog', { name: 'It happened' });
      const said = dialog.getByRole('textbox');
      await said.fill('{"receipt": 7}');
      await dialog.getByRole('button', { name: 'It happened' }).click();
      await dialog.getByRole('alert').waitFor();
      await said.fill('{"receipt": "R-4711"}');
      await dialog.getByRole('button', { name: 'It happened' }).click();
      await statusIs('succeeded');
      await page.getByRole('article', { name: 'Step keep' }).getByText('R-4711').waitFor();
      expect(theatre().stage.world.calls.filter((call) => call === 'bank doubt happened')).toHaveLength(1);
    });

    test('has a step in doubt done again', async () => {
      const { stage } = theatre();
      await open('doubt again', 'held');
      stage.world.mended.add('doubt again');
      await answer(watched.page, 'Do it again');
      await statusIs('succeeded');
      expect(stage.world.calls.filter((call) => call === 'bank doubt again')).toHaveLength(2);
    });

    test('pauses and resumes a connection', async () => {
      const { page, go } = watched;
      await go('connections', 'Connections');
      const chat = page.getByRole('article', { name: 'Connection chat' });
      await answer(page, 'Pause chat', undefined, chat);
      await chat.getByText('A person paused it').waitFor();
      await chat.getByRole('button', { name: 'Resume chat' }).click();
      await chat.getByText('ok', { exact: true }).waitFor();
      await go('activity', 'Activity');
      await page.getByRole('row', { name: /connections › resume chat operator/ }).waitFor();
    });

    test('retries many alike at once after typing their number', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      for (let index = 0; index < 3; index++)
        await stage.come(await stage.shop('refund.requested', { amount: 1, as: 'fail:three' }), 'failed');
      stage.world.mended.add('fail:three');
      await go('attention', 'Attention');
      const group = page.getByRole('article', { name: /three is refused/ });
      await group.getByRole('button', { name: 'Retry all 3' }).click();
      const dialog = page.getByRole('dialog', { name: 'Retry all 3' });
      await dialog.getByRole('textbox').fill('2');
      await dialog.getByRole('button', { name: 'Retry all 3' }).click();
      await dialog.locator('input:invalid').waitFor();
      await dialog.getByRole('textbox').fill('3');
      await dialog.getByRole('button', { name: 'Retry all 3' }).click();
      await page.getByRole('heading', { name: 'retry 3 runs: done' }).waitFor();
      await group.waitFor({ state: 'detached' });
    });

    test('stops a bulk retry that is under way', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const events: string[] = [];
      for (let index = 0; index < 40; index++)
        events.push(await stage.shop('refund.requested', { amount: 1, as: 'fail:forty' }));
      await Promise.all(events.map((event) => stage.come(event, 'failed')));
      await go('attention', 'Attention');
      const group = page.getByRole('article', { name: /forty is refused/ });
      await answer(page, 'Retry all 40', (dialog) => dialog.getByRole('textbox').fill('40'), group);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('heading', { name: 'retry 40 runs: stopped' }).waitFor();
      expect(Number((await stage.api('/bulk'))['done'])).toBeLessThan(40);
    });

    test('replays an event for every workflow that took it', async () => {
      const { page, go } = watched;
      const { stage } = theatre();
      const event = await stage.shop('order.paid', { order: 'O-replay', total: 500, country: 'DE' });
      const run = await stage.come(event, 'held').catch(() => '');
      await go(`events/${event}`, 'order.paid');
      await answer(page, 'Replay as new');
      await page.getByText('Replay 1').waitFor();
      expect(await runOf(stage, event)).not.toBe(run);
    });

    test('caused no error, no breach of the policy and no request to anybody else', () => {
      expect(watched.wrong).toEqual([]);
    });
  });
}

/** Presses the button, fills what is asked, and confirms. */
export async function answer(
  page: Page,
  name: string,
  fill?: (dialog: Locator) => Promise<void>,
  within: Page | Locator = page,
): Promise<void> {
  await within.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog', { name, exact: true });
  await fill?.(dialog);
  // The last one; what it is done to stands above it.
  await dialog.getByRole('button').last().click();
  await dialog.waitFor({ state: 'hidden' });
}
