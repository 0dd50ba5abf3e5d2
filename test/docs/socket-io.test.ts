import { once } from 'node:events';
import {
  type CanActivate,
  type INestApplication,
  UnauthorizedException,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { IsEmail } from 'class-validator';
import { io, type Socket } from 'socket.io-client';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { deferred } from '../support/deferred.js';
import { start } from '../e2e/support/serve.js';

// What the README says of socket.io in Nest, each row of its table in one test.

class LogIn {
  @IsEmail() email!: string;
}

class Work {
  readonly begun = deferred();
  readonly finish = deferred();
}

const refuse: CanActivate = {
  canActivate: () => {
    throw new UnauthorizedException();
  },
};

@WebSocketGateway()
class Gateway {
  constructor(private readonly work: Work) {}
  @SubscribeMessage('echo') echo(@MessageBody() data: unknown): unknown {
    return data;
  }
  @SubscribeMessage('guarded') @UseGuards(refuse) guarded(): void {}
  @SubscribeMessage('login') @UsePipes(new ValidationPipe()) logIn(
    @MessageBody() _dto: LogIn,
  ): void {}
  @SubscribeMessage('count') async *count(): AsyncIterable<number> {
    yield 1;
  }
  @SubscribeMessage('work') async doWork(): Promise<string> {
    this.work.begun.resolve();
    await this.work.finish.promise;
    return 'done';
  }
}

interface Setting {
  readonly app: INestApplication;
  readonly url: string;
  readonly socket: Socket;
}

async function withSocket(test: (setting: Setting) => Promise<void>): Promise<void> {
  const { app, url } = await start({
    providers: [Gateway, Work],
    configure: (application) => application.useWebSocketAdapter(new IoAdapter(application)),
  });
  const socket = io(url, { transports: ['websocket'], reconnection: false });
  try {
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    await test({ app, url, socket });
  } finally {
    socket.close();
    await app.close();
  }
}

/** The next event of that name. */
function nextOf(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

it('matches a reply with its call', () =>
  withSocket(async ({ socket }) => {
    const replies = ['a', 'b'].map((text) => socket.emitWithAck('echo', text));
    expect(await Promise.all(replies)).toEqual(['a', 'b']);
  }));

it('lets a connection in whatever guards say: they are asked per message', () =>
  withSocket(async ({ socket }) => {
    expect(socket.connected).toBe(true);
    const exception = nextOf(socket, 'exception');
    socket.emit('guarded');
    expect(await exception).toMatchObject({ status: 'error' });
    expect(socket.connected).toBe(true);
  }));

it('lets a page of another Origin in', () =>
  withSocket(async ({ url }) => {
    const page = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, {
      origin: 'https://evil.example',
    });
    await once(page, 'open');
    page.terminate();
    await once(page, 'close');
  }));

it('says nothing to an unknown type', () =>
  withSocket(async ({ socket }) => {
    const answers: unknown[] = [];
    socket.onAny((...event) => answers.push(event));
    socket.emit('nobody', 1, (answer: unknown) => answers.push(answer));
    // Messages are answered in order, so by now an answer would be there.
    await socket.emitWithAck('echo', 'later');
    expect(answers).toEqual([]);
  }));

it('says nothing of the fields that failed, and repeats what was sent', () =>
  withSocket(async ({ socket }) => {
    const exception = nextOf(socket, 'exception');
    socket.emit('login', { email: 'ada', password: 'hunter2' });
    const said = await exception;
    expect(said).toMatchObject({ message: 'Internal server error' });
    expect(JSON.stringify(said)).toContain('hunter2');
    expect(JSON.stringify(said)).not.toContain('must be an email');
  }));

it('answers {} for an async generator', () =>
  withSocket(async ({ socket }) => {
    expect(await socket.emitWithAck('count', 1)).toEqual({});
  }));

it('loses a reply in flight when the application closes', () =>
  withSocket(async ({ app, socket }) => {
    const work = app.get(Work);
    const reply = socket.emitWithAck('work', 1).catch(() => 'lost');
    await work.begun.promise;
    const closed = app.close();
    await nextOf(socket, 'disconnect');
    work.finish.resolve();
    await closed;
    expect(await reply).toBe('lost');
  }));

it('does not answer a WebSocket that sends plain JSON', () =>
  withSocket(async ({ url }) => {
    const plain = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`);
    const messages: string[] = [];
    plain.on('message', (data: Buffer) => messages.push(data.toString()));
    await once(plain, 'open');
    plain.send('{"type":"echo","id":1,"data":"a"}');
    await once(plain, 'close');
    expect(messages.filter((text) => text.includes('echo'))).toEqual([]);
  }));
