import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import type { ClientKind, Talker } from '../talker.js';

/** Runs in the page: sockets by number, bytes as Base64. */
const PAGE_SCRIPT = `
window.sockets = [];
window.open = (url, protocols) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, protocols);
  const messages = [], waiting = [];
  const put = (value) => waiting.length > 0 ? waiting.shift()(value) : messages.push(value);
  const toBase64 = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(text);
  };
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }) => put(
    typeof data === 'string' ? { text: data } : { bytes: toBase64(new Uint8Array(data)) });
  const closed = new Promise((done) => socket.onclose = ({ code, reason }) => done([code, reason]));
  socket.onerror = () => reject(new Error('the socket did not open'));
  socket.onopen = () => resolve({
    at: sockets.push({
      closed,
      next: () => messages.length > 0 ? messages.shift() : new Promise((done) => waiting.push(done)),
      text: (data) => socket.send(data),
      bytes: (data) => socket.send(Uint8Array.from(atob(data), (each) => each.charCodeAt(0))),
      close: (code, reason) => socket.close(code, reason),
    }) - 1,
    protocol: socket.protocol,
    extensions: socket.extensions,
  });
});`;

interface Opened {
  readonly at: number;
  readonly protocol: string;
  readonly extensions: string;
}

/** A browser with one page, from a server of its own: about:blank may not open loopback sockets. */
export class ChromiumClient implements ClientKind {
  readonly name = 'Chromium';
  readonly closeCodes = [1000, 3000, 4999];
  readonly #browser: Browser;
  readonly #http: Server;
  readonly #page: Page;

  private constructor(browser: Browser, http: Server, page: Page) {
    this.#browser = browser;
    this.#http = http;
    this.#page = page;
  }

  static async open(browser: Browser): Promise<ChromiumClient> {
    const http = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>peer</title>');
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    await page.evaluate(PAGE_SCRIPT);
    return new ChromiumClient(browser, http, page);
  }

  async connect(url: string, options: { readonly protocols?: readonly string[] }): Promise<Talker> {
    const { at, protocol, extensions } = await this.#call<Opened>(
      `window.open(${JSON.stringify(url)}, ${JSON.stringify(options.protocols ?? [])})`,
    );
    const socket = `window.sockets[${at}]`;
    return {
      protocol,
      isCompressed: extensions.startsWith('permessage-deflate'),
      closed: this.#call(`${socket}.closed`),
      send: (data) => {
        const call =
          typeof data === 'string'
            ? `text(${JSON.stringify(data)})`
            : `bytes("${data.toString('base64')}")`;
        void this.#call(`${socket}.${call}`);
      },
      next: async () => {
        const message = await this.#call<{ text: string } | { bytes: string }>(`${socket}.next()`);
        return 'text' in message ? message.text : Buffer.from(message.bytes, 'base64');
      },
      close: (code, reason) =>
        void this.#call(`${socket}.close(${code}, ${JSON.stringify(reason)})`),
    };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#http.close();
  }

  #call<T>(expression: string): Promise<T> {
    return this.#page.evaluate(expression);
  }
}
