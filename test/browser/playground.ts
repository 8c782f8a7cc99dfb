// The playground: problems at their lines while one types, completion, and what would happen with a stored event.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { workflows } from './files.ts';
import type { Theatre } from './theatre.ts';

export function playgroundTests(theatre: () => Theatre): void {
  describe('the playground', () => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(theatre().browser, theatre().stage);
    });
    afterAll(() => watched.context.close());

    /** Puts another text into the editor. */
    const write = async (text: string) => {
      const { page } = watched;
      await page.getByRole('textbox', { name: 'Workflow file' }).click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(text);
    };

    test('shows a problem at its line, and that it is gone when it is mended', async () => {
      const { page, go } = watched;
      await go('playground', 'Playground');
      await page.getByText('no problem').waitFor();
      const broken = workflows.replace('uses: mail.send', 'uses: mail.sent');
      const line = broken.split('\n').findIndex((one) => one.includes('mail.sent')) + 1;
      await write(broken);
      await page.getByText('1 error').waitFor();
      await page.getByText(`${line}:`, { exact: false }).first().waitFor();
      await page.locator('.problems').getByText('mail.send').waitFor();
      // The editor draws only what is near to what is seen.
      await page.getByRole('textbox', { name: 'Workflow file' }).press('Control+Home');
      await page.locator('.cm-lintRange-error').first().waitFor({ state: 'attached' });
      await write(workflows);
      await page.getByText('no problem').waitFor();
    });

    test('offers what fits where one types', async () => {
      const { page, go } = watched;
      await go('playground', 'Playground');
      await page.getByText('no problem').waitFor();
      await write(`${workflows}  more:\n    on: shop:order.paid\n    steps:\n      - uses: mail.`);
      await page.keyboard.press('Control+Space');
      await page.getByRole('option', { name: /send/ }).first().waitFor();
      await page.keyboard.press('Escape');
    });

    test('tries a stored event: who takes it, and what is false for the others', async () => {
      const { page, go } = watched;
      const { stage, history } = theatre();
      const calls = stage.world.calls.length;
      await go(`events/${history.small}`, 'order.paid');
      await page.getByRole('link', { name: 'Try it' }).click();
      const verdict = page.locator('.verdict').filter({ hasText: 'event.data.total > 100' });
      await verdict.getByText('40').waitFor();
      await write(workflows.replace('event.data.total > 100', 'event.data.total > 10'));
      await page.locator('.verdict').filter({ hasText: 'event.data.country == "DE"' }).getByText('FR').waitFor();
      expect(stage.world.calls).toHaveLength(calls);
      // Chromium styles what is typed over a selection by an attribute, which the policy stops; the editor draws it anew anyway.
      expect(watched.wrong.filter((one) => !one.includes('Applying inline style'))).toEqual([]);
    });
  });
}
