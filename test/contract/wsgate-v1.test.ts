import {
  BadRequestException,
  Catch,
  ConflictException,
  type ExceptionFilter,
  ForbiddenException,
  HttpException,
  ImATeapotException,
  NotFoundException,
  UnauthorizedException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { WsException, WsGateway, WsHandler, WsPayload } from 'nestjs-wsgate';
import { concat, of, throwError } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, type WsPeer } from '../nest/support/ws-peer.js';
import { deferred } from '../support/deferred.js';
import { ours, PLATFORMS, type Served, start } from '../e2e/support/serve.js';

class Replying implements ExceptionFilter {
  catch(): unknown {
    return { caught: true };
  }
}
Catch()(Replying);

class Rethrowing implements ExceptionFilter {
  catch(): never {
    throw new WsException('RENAMED', 'by a filter', { by: 'filter' });
  }
}
Catch()(Rethrowing);

class LoggingOnly implements ExceptionFilter {
  static readonly log: unknown[] = [];
  catch(exception: unknown): void {
    LoggingOnly.log.push(exception);
  }
}
Catch()(LoggingOnly);

const SECRET = 'password=hunter2';

@WsGateway('/protocol')
class ProtocolGateway {
  static gate = deferred();
  static begun = deferred();

  @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
    return data;
  }
  @WsHandler('nothing') nothing(): void {}
  @WsHandler('wait') async wait(): Promise<string> {
    ProtocolGateway.begun.resolve();
    await ProtocolGateway.gate.promise;
    return 'done';
  }
  @WsHandler('throw') throw(@WsPayload() what: string): never {
    throw EXCEPTIONS[what] ?? new Error(SECRET);
  }
  @WsHandler('reject') reject(@WsPayload() what: string): Promise<never> {
    return Promise.reject(EXCEPTIONS[what] ?? new Error(SECRET));
  }
  @WsHandler('stream.fails') streamFails(): unknown {
    return concat(
      of(1),
      throwError(() => new ConflictException('taken')),
    );
  }
  @WsHandler('generator.fails') async *generatorFails(): AsyncIterable<number> {
    yield 1;
    throw new Error(SECRET);
  }
  @WsHandler('guarded') @UseGuards({ canActivate: () => false }) guarded(): void {}
  @WsHandler('filter.replies') @UseFilters(Replying) filterReplies(): never {
    throw new Error(SECRET);
  }
  @WsHandler('filter.throws') @UseFilters(Rethrowing) filterThrows(): never {
    throw new Error(SECRET);
  }
  @WsHandler('filter.logs') @UseFilters(LoggingOnly) filterLogs(): never {
    throw new NotFoundException('no such thing');
  }
  @WsHandler('cycle') cycle(): unknown {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    return cycle;
  }
}

const EXCEPTIONS: Readonly<Record<string, Error>> = {
  notFound: new NotFoundException('no such room'),
  conflict: new ConflictException('taken'),
  forbidden: new ForbiddenException('not yours'),
  unauthorized: new UnauthorizedException('log in'),
  bad: new BadRequestException('no'),
  teapot: new ImATeapotException('short'),
  tooMany: new HttpException('slow down', 429),
  own: new WsException('ROOM_FULL', 'Try another', { seats: 0 }),
  plain: new WsException('ROOM_FULL', 'Try another'),
};

/** What PROTOCOL.md promises, asked of every server that speaks it. */
describe.each(PLATFORMS)('wsgate.v1 on %s', (platform) => {
  let served: Served;
  let peer: WsPeer;

  beforeAll(async () => {
    served = await start(ours({ platform, providers: [ProtocolGateway] }));
  });
  afterAll(() => served.app.close());

  beforeEach(async () => {
    ProtocolGateway.gate = deferred();
    ProtocolGateway.begun = deferred();
    LoggingOnly.log.length = 0;
    peer = await connectPeer(`${served.url}/protocol`);
  });
  afterEach(() => peer.close());

  /** What was answered to a message, all of it. */
  async function answersTo(...messages: readonly string[]): Promise<readonly unknown[]> {
    for (const message of messages) peer.socket.send(message);
    peer.send({ op: 'ping' });
    await peer.next(({ op }) => op === 'pong');
    return peer.messages.filter(({ op }) => op !== 'pong');
  }

  it.each([1, 0, -7, Number.MAX_SAFE_INTEGER, 'a', '', '__proto__', '1'])(
    'takes %o for an id',
    async (id) => {
      const answers = await answersTo(JSON.stringify({ type: 'echo', id, data: 'x' }));
      expect(answers).toEqual([{ op: 'reply', id, data: 'x' }]);
    },
  );

  it('tells the ids 1 and "1" apart', async () => {
    peer.send({ type: 'wait', id: 1 });
    peer.send({ type: 'wait', id: '1' });
    await ProtocolGateway.begun.promise;
    ProtocolGateway.gate.resolve();
    await peer.next(({ id }) => id === '1');
    expect(peer.messages).toEqual([
      { op: 'reply', id: 1, data: 'done' },
      { op: 'reply', id: '1', data: 'done' },
    ]);
  });

  it('answers nothing to an event that went well, and an error without id to one that did not', async () => {
    const answers = await answersTo(
      '{"type":"echo","data":1}',
      '{"type":"throw","data":"conflict"}',
    );
    expect(answers).toEqual([
      { op: 'error', error: { code: 'CONFLICT', message: 'taken', status: 409 } },
    ]);
  });

  it('leaves data out of a reply that has none', async () => {
    expect(await peer.call('nothing')).toEqual({ op: 'reply', id: 1 });
  });

  it.each([
    'hello',
    '',
    '{',
    'null',
    '42',
    '"echo"',
    '[{"type":"echo"}]',
    '{}',
    '{"type":1}',
    '{"type":null,"data":1}',
    '{"data":1}',
    '{"type":"echo","id":1.5}',
    '{"type":"echo","id":null}',
    '{"type":"echo","id":{}}',
    '{"type":"echo","id":[1]}',
    '{"type":"echo","id":true}',
    '{"type":"echo","id":1,"credit":-1}',
    '{"type":"echo","id":1,"credit":"5"}',
    '{"op":"subscribe","id":1}',
    '{"op":"reply","id":1,"data":1}',
    '{"op":"__proto__"}',
    '{"op":"credit","id":1,"n":0}',
    '{"op":"credit","id":1}',
    '{"op":"cancel"}',
    '{"__proto__":{"type":"echo","id":1}}',
  ])('answers %s with BAD_MESSAGE and stays open', async (message) => {
    const answers = await answersTo(message);
    expect(answers).toMatchObject([{ op: 'error', error: { code: 'BAD_MESSAGE', status: 400 } }]);
    expect(peer.socket.readyState).toBe(1);
  });

  it('answers binary data that is no JSON with BAD_MESSAGE', async () => {
    peer.socket.send(Buffer.from([0xff, 0x00, 0x81]));
    expect(await peer.next(() => true)).toMatchObject({ error: { code: 'BAD_MESSAGE' } });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'echo ', 'Echo', ''])(
    'does not know the type %o',
    async (type) => {
      expect(await peer.call(type)).toMatchObject({
        op: 'error',
        id: 1,
        error: { code: 'UNKNOWN_TYPE', status: 404 },
      });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('hands on a payload with a __proto__ without letting it do anything', async () => {
    const answers = await answersTo(
      '{"type":"echo","id":1,"data":{"__proto__":{"polluted":true},"a":1}}',
    );
    expect(answers).toHaveLength(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses a second call with the id of one in flight, and answers the first', async () => {
    peer.send({ type: 'wait', id: 'a' });
    peer.send({ type: 'wait', id: 'a' });
    const refused = await peer.next(({ op }) => op === 'error');
    expect(refused).toMatchObject({ id: 'a', error: { code: 'DUPLICATE_ID', status: 409 } });
    ProtocolGateway.gate.resolve();
    await peer.next(({ op }) => op === 'reply');
    peer.send({ type: 'echo', id: 'a', data: 'free again' });
    expect(await peer.next(({ data }) => data === 'free again')).toMatchObject({ id: 'a' });
  });

  it('says nothing more of a call that was cancelled', async () => {
    peer.send({ type: 'wait', id: 'a' });
    await ProtocolGateway.begun.promise;
    expect(await answersTo('{"op":"cancel","id":"a"}')).toEqual([]);
    ProtocolGateway.gate.resolve();
    expect(await peer.call('echo', 1)).toMatchObject({ op: 'reply' });
    expect(peer.messages).toMatchObject([{ op: 'pong' }, { op: 'reply', id: 1 }]);
  });

  it('ignores credit and cancel for what is over', async () => {
    const answers = await answersTo('{"op":"credit","id":"x","n":1}', '{"op":"cancel","id":"x"}');
    expect(answers).toEqual([]);
  });

  describe.each(['throw', 'reject'])('a handler that fails (%s)', (how) => {
    it.each([
      ['notFound', { code: 'NOT_FOUND', status: 404, message: 'no such room' }],
      ['conflict', { code: 'CONFLICT', status: 409, message: 'taken' }],
      ['forbidden', { code: 'FORBIDDEN', status: 403, message: 'not yours' }],
      ['unauthorized', { code: 'UNAUTHORIZED', status: 401, message: 'log in' }],
      ['bad', { code: 'BAD_REQUEST', status: 400, message: 'no' }],
      ['teapot', { code: 'IM_A_TEAPOT', status: 418, message: 'short' }],
      ['tooMany', { code: 'RATE_LIMITED', status: 429, message: 'slow down' }],
      ['own', { code: 'ROOM_FULL', message: 'Try another', details: { seats: 0 } }],
      ['plain', { code: 'ROOM_FULL', message: 'Try another' }],
      ['anything else', { code: 'INTERNAL', status: 500, message: 'Internal server error' }],
    ])('with %s', async (what, error) => {
      expect(await peer.call(how, what)).toEqual({ op: 'error', id: 1, error });
    });
  });

  it('ends a stream that fails with its error, and keeps the reason to itself', async () => {
    expect(await peer.run('stream.fails')).toEqual([
      { op: 'next', id: 1, data: 1 },
      { op: 'error', id: 1, error: { code: 'CONFLICT', status: 409, message: 'taken' } },
    ]);
    const messages = await peer.run('generator.fails');
    expect(messages).toMatchObject([{ op: 'next' }, { op: 'error', error: { code: 'INTERNAL' } }]);
    expect(JSON.stringify(messages)).not.toContain(SECRET);
  });

  it('answers FORBIDDEN when a guard says no', async () => {
    expect(await peer.call('guarded')).toMatchObject({ error: { code: 'FORBIDDEN', status: 403 } });
  });

  it('replies with what a filter returns', async () => {
    expect(await peer.call('filter.replies')).toEqual({
      op: 'reply',
      id: 1,
      data: { caught: true },
    });
  });

  it('fails with what a filter throws', async () => {
    expect(await peer.call('filter.throws')).toEqual({
      op: 'error',
      id: 1,
      error: { code: 'RENAMED', message: 'by a filter', details: { by: 'filter' } },
    });
  });

  it('fails with the original when a filter only logs', async () => {
    expect(await peer.call('filter.logs')).toMatchObject({
      op: 'error',
      error: { code: 'NOT_FOUND', message: 'no such thing' },
    });
    expect(LoggingOnly.log).toHaveLength(1);
  });

  it('answers INTERNAL to a result that has no JSON', async () => {
    expect(await peer.call('cycle')).toMatchObject({ id: 1, error: { code: 'INTERNAL' } });
  });
});
