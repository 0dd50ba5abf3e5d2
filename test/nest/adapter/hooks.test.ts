import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ForbiddenException, Injectable, Scope } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type AdaptedApp, type AdaptedSetup, serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';
import { Journal } from './support/journal.js';
import { NEST_MAJOR } from './support/nest-major.js';

type Hook = (request: { readonly url?: string }) => unknown;

let adapted: AdaptedApp | undefined;

async function serve(setup: AdaptedSetup): Promise<string> {
  adapted = await serveAdapted(setup);
  return adapted.url;
}

afterEach(async () => {
  await adapted?.app.close();
  adapted = undefined;
});

/** A gateway that does this when a client connects whose URL ends in `bad`. */
function createGateway(journal: Journal, onBad: Hook, onLeave?: () => unknown): new () => object {
  @WebSocketGateway()
  class HookedGateway {
    handleConnection(_client: unknown, request: { readonly url?: string }): unknown {
      return request.url?.endsWith('bad') ? onBad(request) : undefined;
    }

    handleDisconnect(_client: unknown, ...rest: unknown[]): unknown {
      journal.note(`left ${rest.length > 0}`);
      return onLeave?.();
    }

    @SubscribeMessage('ping')
    ping(): string {
      return 'pong';
    }
  }
  return HookedGateway;
}

const FAILURES: readonly [string, Hook, number][] = [
  [
    'throws',
    () => {
      throw new Error('thrown');
    },
    1011,
  ],
  ['rejects', () => Promise.reject(new Error('rejected')), 1011],
  [
    'throws an HttpException',
    () => {
      throw new ForbiddenException();
    },
    4403,
  ],
];

describe('a handleConnection', () => {
  it.each(FAILURES)('that %s closes that client only', async (_how, onBad, code) => {
    const journal = new Journal();
    const url = await serve({ providers: [createGateway(journal, onBad)] });
    const good = await connectEvents(url);
    const bad = await connectEvents(`${url}/?bad`);
    expect(await bad.closed()).toBe(code);
    await journal.read(1);
    good.say({ event: 'ping' });
    expect(await good.hear(1)).toEqual(['"pong"']);
  });

  it('that throws ends the process on platform-ws', { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'support/crash.mjs')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
    new WebSocket(`ws://127.0.0.1:${port}`).on('error', () => undefined);
    expect((await exited)[0]).toBe(1);
  });

  // Nest 11 has no request-scoped gateways.
  it.runIf(NEST_MAJOR >= 12)('of a request-scoped gateway closes that client only', async () => {
    const journal = new Journal();
    @Injectable({ scope: Scope.REQUEST })
    class Visit {}
    @WebSocketGateway()
    class ScopedGateway {
      constructor(readonly visit: Visit) {}

      async handleConnection(_client: unknown, request: { readonly url?: string }): Promise<void> {
        journal.note(this.visit.constructor.name);
        if (request.url?.endsWith('bad')) throw new Error('rejected');
      }

      @SubscribeMessage('ping')
      ping(): string {
        return 'pong';
      }
    }
    const url = await serve({ providers: [ScopedGateway, Visit] });
    const good = await connectEvents(url);
    const bad = await connectEvents(`${url}/?bad`);
    expect(await bad.closed()).toBe(1011);
    expect(await journal.read(2)).toEqual(['Visit', 'Visit']);
    good.say({ event: 'ping' });
    expect(await good.hear(1)).toEqual(['"pong"']);
  });

  it('may be an arrow function, and keeps its this', async () => {
    @WebSocketGateway()
    class ArrowGateway {
      private readonly code = 'arrow';
      handleConnection = (client: WebSocket): void => client.send(this.code);
    }
    const peer = await connectEvents(await serve({ providers: [ArrowGateway] }));
    expect(await peer.hear(1)).toEqual(['arrow']);
  });
});

describe('a handleDisconnect', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('thrown');
      },
    ],
    ['rejects', () => Promise.reject(new Error('rejected'))],
  ])('that %s is logged, and nothing else happens', async (_how, onLeave) => {
    const journal = new Journal();
    const url = await serve({ providers: [createGateway(journal, () => undefined, onLeave)] });
    const [one, other] = [await connectEvents(url), await connectEvents(url)];
    await one.close();
    await journal.read(1);
    other.say({ event: 'ping' });
    expect(await other.hear(1)).toEqual(['"pong"']);
  });

  it('that is asynchronous is awaited at shutdown', async () => {
    const journal = new Journal();
    const url = await serve({
      providers: [
        createGateway(
          journal,
          () => undefined,
          async () => {
            await new Promise((resolve) => setImmediate(resolve));
            journal.note('saved');
          },
        ),
      ],
    });
    const peer = await connectEvents(url);
    await adapted?.app.close();
    adapted = undefined;
    journal.note('closed');
    expect((await journal.read(3)).slice(1)).toEqual(['saved', 'closed']);
    expect(await peer.closed()).toBe(1001);
  });
});
