import {
  type CallHandler,
  type ExecutionContext,
  Logger,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { BehaviorSubject, Observable } from 'rxjs';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { collectUncaught } from '../../socket/support/uncaught.js';
import { WsPeer } from '../support/ws-peer.js';
import { serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';

class Passing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

/** Gives one value, ends later, and fails when it is let go of. */
function brittle(): Observable<string> {
  return new Observable((out) => {
    out.next('value');
    setImmediate(() => out.complete());
    return () => {
      throw new Error('teardown');
    };
  });
}

/** Gives one value, and fails when nobody wants the next one. */
function brittleSource(): AsyncIterable<string> {
  const steps = [Promise.resolve({ done: false, value: 'value' })];
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => steps.shift() ?? new Promise(() => undefined),
      return: () => Promise.reject(new Error('teardown')),
    }),
  };
}

const state = new BehaviorSubject('state');

@WebSocketGateway()
class BrittleGateway {
  @UseInterceptors(Passing)
  @SubscribeMessage('intercepted')
  intercepted(): Observable<string> {
    return brittle();
  }

  @UseInterceptors(Passing)
  @SubscribeMessage('later')
  async later(): Promise<Observable<string>> {
    return brittle();
  }

  @SubscribeMessage('bare')
  bare(): Observable<string> {
    return brittle();
  }

  @SubscribeMessage('pulled')
  pulled(): AsyncIterable<string> {
    return brittleSource();
  }

  @SubscribeMessage('state')
  state(): BehaviorSubject<string> {
    return state;
  }

  @SubscribeMessage('ping')
  ping(): string {
    return 'pong';
  }
}

const TYPES = ['intercepted', 'later', 'bare'];

describe('a teardown that throws', () => {
  let url: string;
  let gateway: BrittleGateway;
  let errors: () => readonly unknown[];
  let logged: Promise<void>;

  beforeEach(async () => {
    const error = vi.spyOn(Logger.prototype, 'error');
    logged = new Promise((resolve) => error.mockImplementation(() => resolve()));
    errors = () => error.mock.calls.map(([line]) => line as unknown);
    const adapted = await serveAdapted({ providers: [BrittleGateway] });
    gateway = adapted.app.get(BrittleGateway);
    url = adapted.url;
    onTestFinished(async () => {
      await adapted.app.close();
      error.mockRestore();
    });
  });

  it.each(TYPES)('is logged, and the call has its end: %s, in wsgate.v1', async (type) => {
    const uncaught = collectUncaught();
    const { socket } = await connectEvents(url, { protocols: ['wsgate.v1'] });
    const peer = new WsPeer(socket);
    expect(await peer.run(type)).toMatchObject([{ op: 'next', data: 'value' }, { op: 'complete' }]);
    expect(await peer.call('ping')).toMatchObject({ data: 'pong' });
    expect(uncaught).toEqual([]);
    expect(errors()).toEqual([expect.stringMatching(/^the end of .* failed.*: .*teardown/s)]);
  });

  it.each(TYPES)('is logged, and its client goes on: %s, in {event, data}', async (event) => {
    const uncaught = collectUncaught();
    const peer = await connectEvents(url);
    peer.say({ event });
    expect(await peer.next()).toBe('value');
    await new Promise((resolve) => setImmediate(resolve));
    peer.say({ event: 'ping' });
    expect(await peer.next()).toBe('pong');
    expect(uncaught).toEqual([]);
    expect(errors()).toEqual([expect.stringMatching(/^the end of .* failed.*: .*teardown/s)]);
  });

  it.each(['{event, data}', 'wsgate.v1'])(
    'is logged when its client leaves: %s',
    async (dialect) => {
      const protocols = dialect === 'wsgate.v1' ? [dialect] : [];
      const uncaught = collectUncaught();
      const peer = await connectEvents(url, { protocols });
      peer.say({ event: 'pulled', type: 'pulled', id: 1 });
      await peer.next();
      await peer.close();
      await logged;
      expect(uncaught).toEqual([]);
      expect(errors()).toEqual([expect.stringMatching(/^the end of .* failed.*: .*teardown/s)]);
    },
  );

  it('changes nothing for who calls the method', () => {
    expect(gateway.state()).toBe(state);
    expect(gateway.ping()).toBe('pong');
    expect(gateway.intercepted.name).toBe('intercepted');
  });
});
