// Takes the pictures of the documentation, by hand: node test/browser/pictures.ts

import { fileURLToPath } from 'node:url';
import { openBrowser, openPage } from './browser.ts';
import { makeHistory } from './history.ts';
import { openStage } from './stage.ts';

const minute = 60_000;
const stage = await openStage(55 * minute);
const history = await makeHistory(stage, 6 * minute);
stage.pass(60 * minute);
const browser = await openBrowser();
const pictures = [
  ['console-overview', 'light', '', 'Overview', 'Dead letters'],
  ['console-overview-dark', 'dark', '', 'Overview', 'Dead letters'],
  ['console-event', 'light', `events/${history.small}`, 'order.paid', 'event.data.total > 100'],
  ['console-doubt', 'light', `runs/${history.doubt}`, 'refund', 'It happened'],
  ['console-connections', 'light', 'connections', 'Connections', 'A person paused it'],
  ['console-playground', 'light', `playground?event=${history.small}`, 'Playground', 'event.data.total > 100'],
] as const;
for (const [name, colorScheme, place, heading, word] of pictures) {
  const { page, context, go } = await openPage(browser, stage, { colorScheme });
  await go(place, heading);
  await page.getByText(word).first().waitFor();
  if (place === 'connections') {
    await page.getByRole('button', { name: 'Check legacy' }).click();
    await page.getByText('does not work').waitFor();
    await page.getByRole('heading', { level: 1 }).focus();
  }
  // A picture needs no caret and no ring around what was clicked.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url)) });
  await context.close();
}
await browser.close();
await stage.stop();
process.exit(0);
