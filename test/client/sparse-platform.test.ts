import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { WsClient as NodeWsClient } from 'nestjs-wsgate/client';
import { WebSocket } from 'nestjs-wsgate/server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../house/modules.js';
import { bundleForBrowser } from './support/bundle.js';
import { startServer } from './support/test-server.js';

/** A URL as React Native has one: to read, not to change. */
class ReadOnlyUrl {
  readonly href: string;

  constructor(url: string, base?: string) {
    ({ href: this.href } = new URL(url, base));
  }

  get protocol(): string {
    return new URL(this.href).protocol;
  }
}

/** All that such a platform has: no window, document, location, navigator or global events. */
const PLATFORM = {
  WebSocket,
  URL: ReadOnlyUrl,
  AbortController,
  setTimeout,
  clearTimeout,
  queueMicrotask,
  performance,
};

describe('a platform that has little more than a WebSocket', () => {
  let script: string;

  beforeAll(async () => {
    const module = await bundleForBrowser(join(ROOT, 'test/client/support/browser-page.ts'));
    // A module is strict, and this is run as a script.
    script = `'use strict';\n${module}`;
  });

  it.each(['ws', 'http'])('runs the client, at a URL with %s', async (scheme) => {
    const server = await startServer({
      echo: (data) => data,
      *count() {
        yield* [1, 2, 3];
      },
    });
    const context = createContext({ ...PLATFORM });
    runInContext(script, context);
    const { WsClient } = context as { readonly WsClient: typeof NodeWsClient };
    const client = new WsClient(server.url.replace('ws', scheme));
    onTestFinished(() => client.close());
    await expect(client.request('echo', 1)).resolves.toBe(1);
    const items: unknown[] = [];
    for await (const item of client.stream('count')) items.push(item);
    expect(items).toEqual([1, 2, 3]);
  });
});
