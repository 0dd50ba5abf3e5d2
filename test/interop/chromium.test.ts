import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChromiumClient, findChromium } from './clients/chromium.js';
import { tryClient } from './try-client.js';

const path = findChromium();

// oxlint-disable-next-line vitest/no-conditional-tests -- without a browser there is nothing to run, and that is said
if (path === undefined) {
  const notice =
    'BROWSER MISSING: nothing was tested with Chromium; install it or set CHROMIUM_PATH';
  process.stderr.write(`\n*** ${notice} ***\n\n`);
  it('BROWSER MISSING: nothing was tested with Chromium', () => {
    expect(findChromium()).toBeUndefined();
  });
} else {
  let client: ChromiumClient;
  beforeAll(async () => {
    client = await ChromiumClient.launch(path);
  });
  afterAll(() => client.stop());
  tryClient('Chromium', () => client);
}
