import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';

const WINDOW = { viewport: { width: 1200, height: 800 } };

/** One person's browser window with the chat in it. */
export class ChatPage {
  /** What the browser complained about. */
  readonly complaints: string[] = [];
  /** The messages of `wsgate.v1` that came from the server. */
  readonly received: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => this.received.push(payload.toString()));
    });
  }

  /** A window that shares nothing with any other. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<ChatPage> {
    const context = await browser.newContext({ ...WINDOW, ...options });
    return ChatPage.openIn(context, url);
  }

  /** One more window with the cookies of that context. */
  static async openIn(context: BrowserContext, url: string): Promise<ChatPage> {
    const chat = new ChatPage(context, await context.newPage());
    await chat.page.goto(url);
    await chat.page.locator('body:not([data-screen="loading"])').waitFor();
    return chat;
  }

  /** With the keyboard alone; the page puts the focus where it is needed. */
  async logIn(name: string): Promise<void> {
    await this.page.keyboard.type(name);
    await this.page.keyboard.press('Enter');
    await this.connected();
  }

  async say(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
    await this.message(text).waitFor();
  }

  message(text: string): Locator {
    return this.page.locator('.message .text').getByText(text, { exact: true });
  }

  connected(): Promise<void> {
    return this.page.locator('#status[data-state="open"]').waitFor();
  }

  screen(name: 'chat' | 'login' | 'refused'): Promise<void> {
    return this.page.locator(`body[data-screen="${name}"]`).waitFor();
  }

  /** The number of the market's moment whose prices are shown. */
  async shownTick(): Promise<number> {
    return Number(await this.page.locator('#price-list').getAttribute('data-tick'));
  }

  /** Waits for prices of a later moment. */
  async laterTick(than: number): Promise<void> {
    await this.page.waitForFunction((tick) => {
      // The function runs in the page, where this file's types do not hold.
      const { document } = globalThis as unknown as {
        document: { querySelector(s: string): { dataset: { tick: string } } };
      };
      return Number(document.querySelector('#price-list').dataset.tick) > tick;
    }, than);
  }

  /** How many items of streams have come so far. */
  get items(): number {
    return this.received.filter((message) => message.includes('"op":"next"')).length;
  }

  /** How much wider the page is than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - innerWidth');
  }
}
