import type { Browser } from 'playwright-core';
import { firstValueFrom, skip } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInChromium } from '../../../test/support/chromium.js';
import { PriceFeed } from '../src/prices/price-feed.js';
import { ChatPage } from './chat-page.js';
import { ChatServer } from './chat-server.js';
import { startHostRewritingProxy } from './host-rewriting-proxy.js';

const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true };
const ATTACK = '<img src=x onerror="document.title=1">';

describeInChromium('the page', (openBrowser) => {
  let browser: Browser;
  let chat: ChatServer;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    chat = await ChatServer.start();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await chat.remove();
  });

  async function join(name: string, options = {}): Promise<ChatPage> {
    const page = await ChatPage.open(browser, chat.url, options);
    await page.logIn(name);
    return page;
  }

  function ticks(count: number): Promise<unknown> {
    return firstValueFrom(chat.app.get(PriceFeed).of([]).pipe(skip(count)));
  }

  it('lets two people talk, with nothing but a keyboard, and nothing in the console', async () => {
    const [ada, grace] = await Promise.all([join('Ada'), join('Grace')]);
    await ada.say('Is anybody there?');
    await grace.message('Is anybody there?').waitFor();
    await grace.say('Just me.');
    await ada.message('Just me.').waitFor();
    const people = ada.page.locator('#people-list .name');
    expect(await people.allTextContents()).toEqual(['Ada', 'Grace']);
    expect(await ada.page.locator('.message .author').allTextContents()).toEqual(['Ada', 'Grace']);
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  });

  it('says who is typing', async () => {
    const [ada, grace] = await Promise.all([join('Ada'), join('Grace')]);
    await grace.page.keyboard.type('wait');
    await ada.page.locator('#typing').getByText('Grace is typing…').waitFor();
  });

  it('opens rooms and goes from one to the other', async () => {
    const ada = await join('Ada');
    await ada.say('in the lobby');
    await ada.page.getByLabel('Name of a new room').fill('Tea room');
    await ada.page.keyboard.press('Enter');
    await ada.page.locator('#room-title').getByText('Tea room').waitFor();
    expect(await ada.message('in the lobby').count()).toBe(0);
    await ada.page.getByRole('button', { name: 'lobby' }).click();
    await ada.message('in the lobby').waitFor();
    expect(ada.complaints).toEqual([]);
  });

  it('shows texts and names as what they are', async () => {
    const mallory = await join(ATTACK);
    const ada = await join('Ada');
    await mallory.page.keyboard.type(ATTACK);
    await mallory.page.keyboard.press('Enter');
    await ada.message(ATTACK).waitFor();
    expect(await ada.page.locator('.message .author').textContent()).toBe(ATTACK);
    expect(await ada.page.locator('#chat img').count()).toBe(0);
    expect(await ada.page.title()).toBe('Wsgate chat');
    expect([...ada.complaints, ...mallory.complaints]).toEqual([]);
  });

  it('would not even run HTML that got in', async () => {
    const ada = await join('Ada');
    const insert = ada.page.evaluate(`document.body.innerHTML = '<b>hello</b>'`);
    await expect(insert).rejects.toThrow(/TrustedHTML/);
  });

  it('stops the prices at the server, and goes on with the newest', async () => {
    const ada = await join('Ada');
    await ada.laterTick(3);
    await ada.page.getByRole('button', { name: 'Pause' }).click();
    const shown = await ada.shownTick();
    // One item may have been asked for before the pause.
    await ticks(3);
    const before = ada.items;
    await ticks(15);
    expect(ada.items - before).toBeLessThanOrEqual(1);
    expect(await ada.shownTick()).toBe(shown);
    await ada.page.getByRole('button', { name: 'Resume' }).click();
    await ada.laterTick(shown + 15);
    await ada.page
      .locator('#price-note')
      .getByText(/Live again. \d+ updates skipped./)
      .waitFor();
    expect(ada.complaints).toEqual([]);
  });

  it('comes back by itself after a restart of the server, and loses nothing', async () => {
    const [ada, grace] = await Promise.all([join('Ada'), join('Grace')]);
    await ada.say('before');
    await chat.stop();
    await ada.page.locator('#offline').waitFor({ state: 'visible' });
    await ada.page.keyboard.type('written while the server was away');
    await ada.page.keyboard.press('Enter');
    await chat.start();
    await Promise.all([ada.connected(), grace.connected()]);
    await ada.page.locator('#offline').waitFor({ state: 'hidden' });
    await ada.page.keyboard.press('Enter');
    await grace.message('written while the server was away').waitFor();
    expect(await ada.message('before').count()).toBe(1);
    await ada.page.locator('#price-note').getByText('Live').waitFor();
  });

  it('enters the room that was chosen while the server was away', async () => {
    const ada = await join('Ada');
    await chat.stop();
    await ada.page.locator('#offline').waitFor({ state: 'visible' });
    await ada.page.getByRole('button', { name: 'ideas' }).click();
    const retry = ada.page.getByRole('button', { name: 'Retry now', includeHidden: true });
    await retry.waitFor({ state: 'visible' });
    await chat.start();
    // No click: by now the page may be back by itself, and the button hidden.
    await retry.dispatchEvent('click');
    await ada.page.locator('#room-title').getByText('ideas').waitFor();
    await ada.page.locator('#price-note').getByText('Live').waitFor();
  });

  it('says that nobody was logged out while the server was away', async () => {
    const ada = await join('Ada');
    await chat.stop();
    await ada.page.locator('#offline').waitFor({ state: 'visible' });
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.page.locator('#problem').getByText('You are still logged in').waitFor();
    await chat.start();
    await ada.connected();
    await ada.page.locator('#text').focus();
    await ada.say('still here');
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.screen('login');
    expect(await ada.page.locator('#login-problem').textContent()).toBe('');
  });

  it('logs out every window at once', async () => {
    const ada = await join('Ada');
    const other = await ChatPage.openIn(ada.context, chat.url);
    await other.connected();
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.screen('login');
    await other.screen('login');
    await other.page.getByRole('alert').getByText('Your session has ended.').waitFor();
    expect(await ada.page.locator('#login-problem').textContent()).toBe('');
    await ada.logIn('Ada again');
    expect(await ada.page.locator('#me').textContent()).toBe('Ada again');
  });

  it('says that a forged cookie was refused', async () => {
    const ada = await join('Ada');
    const forged = encodeURIComponent('s:somebody.else');
    await ada.context.addCookies([{ name: 'sid', value: forged, url: chat.url, httpOnly: true }]);
    await chat.stop();
    await chat.start();
    await ada.screen('login');
    await ada.page
      .getByRole('alert')
      .getByText(/^Refused: the session cookie/)
      .waitFor();
  });

  it('says that a missing cookie was refused', async () => {
    const ada = await join('Ada');
    await ada.context.clearCookies();
    await chat.stop();
    await chat.start();
    await ada.screen('login');
    await ada.page.getByRole('alert').getByText('Your session has ended.').waitFor();
  });

  it('says that its origin was refused', async () => {
    const proxy = await startHostRewritingProxy(chat.url);
    try {
      const ada = await ChatPage.open(browser, proxy.url);
      await ada.screen('refused');
      const { origin } = new URL(proxy.url);
      await ada.page.locator('#refused-origin').getByText(origin).waitFor();
    } finally {
      proxy.stop();
    }
  });

  it('says what is wrong with a name', async () => {
    await chat.join('Ada');
    const page = await ChatPage.open(browser, chat.url);
    const problem = page.page.getByRole('alert');
    await page.page.keyboard.press('Enter');
    await problem.getByText('A name has 1 to 40 characters.').waitFor();
    await page.page.keyboard.type('ada');
    await page.page.keyboard.press('Enter');
    await problem.getByText('Somebody here is called that already.').waitFor();
  });

  it('fits a phone, one thing at a time', async () => {
    const ada = await ChatPage.open(browser, chat.url, PHONE);
    expect(await ada.overflow()).toBe(0);
    await ada.logIn('A name that is as long as a name may be');
    await ada.say('x'.repeat(300));
    for (const tab of ['Rooms', 'People', 'Prices', 'Chat']) {
      await ada.page.getByRole('button', { name: tab, exact: true }).tap();
      expect(await ada.page.locator('.panel:visible').count()).toBe(1);
      expect(await ada.overflow()).toBe(0);
    }
    await ada.page.getByRole('button', { name: 'Rooms', exact: true }).tap();
    await ada.page.getByRole('button', { name: 'ideas' }).tap();
    await ada.page.locator('#room-title').getByText('ideas').waitFor();
    expect(await ada.page.locator('#text').isVisible()).toBe(true);
    expect(ada.complaints).toEqual([]);
  });

  it('can be understood without seeing it', async () => {
    const ada = await join('Ada');
    await ada.say('hello');
    const { page } = ada;
    await page.getByRole('log', { name: 'Messages' }).getByText('hello').waitFor();
    await page.getByRole('status').getByText('Connected').waitFor();
    await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Rooms' }).waitFor();
    await page.getByRole('region', { name: 'Prices' }).waitFor();
    expect(await page.locator('[aria-current]').textContent()).toBe('#lobby1');
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('button, input, textarea')]
        .filter((e) => !e.textContent.trim() && !e.labels?.length).length`,
    );
    expect(unnamed).toBe(0);
  });

  it('shows where the keyboard is', async () => {
    const ada = await join('Ada');
    await ada.page.keyboard.press('Tab');
    const outline = await ada.page.evaluate(
      'getComputedStyle(document.activeElement).outlineStyle',
    );
    expect(outline).toBe('solid');
  });
});
