import { afterAll, beforeAll } from 'vitest';
import { describeInChromium } from '../support/chromium.js';
import { ChromiumClient } from './clients/chromium.js';
import { tryClient } from './try-client.js';

describeInChromium('our server', (openBrowser) => {
  let client: ChromiumClient;

  beforeAll(async () => {
    client = await ChromiumClient.open(await openBrowser());
  });

  afterAll(() => client.stop());

  tryClient('Chromium', () => client);
});
