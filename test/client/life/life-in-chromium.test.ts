import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../house/modules.js';
import { describeInChromium } from '../../support/chromium.js';
import { bundleForBrowser } from '../support/bundle.js';
import { Puppet } from './puppet.js';
import { listCells } from './table.js';

describeInChromium("a client's life", (openBrowser) => {
  let browser: Browser;
  let puppet: Puppet;
  let results: Readonly<Record<string, string>>;

  beforeAll(async () => {
    puppet = new Puppet(await bundleForBrowser(join(ROOT, 'test/client/life/life-page.ts')));
    await puppet.start();
    browser = await openBrowser();
    const page = await browser.newPage();
    await page.goto(puppet.url);
    results = (await puppet.results.promise) as typeof results;
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await puppet.stop();
  });

  it.each(listCells('browser'))('%s: %s', (state, event, expected) => {
    expect(results[`${state}: ${event}`]).toBe(expected);
  });
});
