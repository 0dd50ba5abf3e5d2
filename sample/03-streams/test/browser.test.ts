import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Browser, Page, WebSocket } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeInChromium } from '../../../test/support/chromium.js';
import { until } from '../../../test/support/until.js';
import { createReports } from '../src/create-reports.js';
import { Ledger } from '../src/ledger.js';

const SILENT = { log() {}, error() {}, warn() {} };

/** Waits until the page is told once more how many lines have been made. */
async function nextAnswer(socket: WebSocket): Promise<void> {
  const isAnswer = ({ payload }: { payload: string | Buffer }): boolean =>
    payload.includes('"id":"made"');
  await socket.waitForEvent('framereceived', isAnswer);
}

/**
 * Waits until no line is made from one answer to the one after the next. While credit is left the page may show as many lines as have been made, too: by chance.
 */
async function standstill(socket: WebSocket, ledger: Ledger): Promise<void> {
  let made: number;
  do {
    ({ made } = ledger);
    await nextAnswer(socket);
    await nextAnswer(socket);
  } while (ledger.made !== made);
}

describeInChromium('the page', (openBrowser) => {
  let browser: Browser;
  let app: NestExpressApplication;

  beforeAll(async () => {
    browser = await openBrowser();
    app = await createReports(SILENT);
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** A page not yet loaded, and what the browser will complain about. */
  async function openPage(): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ locale: 'en-US' });
    onTestFinished(() => page.close());
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  it('pauses the server, and goes on', async () => {
    const { page, complaints } = await openPage();
    const opened = page.waitForEvent('websocket');
    await page.goto(await app.getUrl());
    const socket = await opened;
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForFunction('bar.value > 5000');
    await page.getByRole('button', { name: 'Pause' }).click();
    await standstill(socket, app.get(Ledger));
    await page.waitForFunction('received.textContent === made.textContent');
    const shown = Number(await page.evaluate('bar.value'));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(`bar.value > ${shown + 5000}`);
    expect(complaints).toEqual([]);
  });

  it('counts what was made for it', async () => {
    const ledger = app.get(Ledger);
    await until(() => ledger.readers === 0);
    ledger.made += 1_000_000;
    const { page } = await openPage();
    await page.goto(await app.getUrl());
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForFunction('bar.value > 1000');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForFunction('received.textContent === made.textContent');
  });

  it('offers nothing that cannot work any more', async () => {
    const { page, complaints } = await openPage();
    const server = await createReports(SILENT);
    await server.listen(0, '127.0.0.1');
    await page.goto(await server.getUrl());
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForFunction('bar.value > 1000');
    await server.close();
    await page.getByRole('status').getByText('Connection lost').waitFor();
    expect(await page.getByRole('button').isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });
});
