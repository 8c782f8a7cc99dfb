// The console in a real browser, against a real server in which everything has happened.

import { afterAll, beforeAll, describe, test } from 'vitest';
import { chromiumPath, missing } from './browser.ts';
import { actionTests } from './actions.ts';
import { checkTests } from './checks.ts';
import { filterTests } from './filters.ts';
import { hostileTests } from './hostile.ts';
import { listTests } from './lists.ts';
import { pauseTests } from './pauses.ts';
import { peopleTests } from './people.ts';
import { playgroundTests } from './playground.ts';
import { screenTests } from './screens.ts';
import { openTheatre, type Theatre } from './theatre.ts';

if (chromiumPath === undefined) {
  test('the console needs a Chromium to be looked at', ({ skip }) => {
    console.warn(missing);
    skip(missing);
  });
} else {
  describe('the console in a browser', () => {
    let theatre: Theatre | undefined;
    const shared = () => {
      if (theatre === undefined) throw new Error('the server did not start');
      return theatre;
    };
    beforeAll(async () => {
      theatre = await openTheatre();
    }, 60_000);
    afterAll(() => theatre?.close());
    screenTests(shared);
    listTests(shared);
    filterTests(shared);
    peopleTests(shared);
    actionTests(shared);
    pauseTests(shared);
    checkTests(shared);
    playgroundTests(shared);
    hostileTests(shared);
  });
}
