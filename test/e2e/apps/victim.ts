// An application to attack: `victim <options of WsModule, as JSON>`. It tells its vital signs over IPC.
import 'reflect-metadata';
import { setInterval } from 'node:timers';
import {
  type CanActivate,
  ClassSerializerInterceptor,
  Controller,
  type ExecutionContext,
  Inject,
  Module,
  Post,
  Query,
  UnauthorizedException,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Exclude } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import {
  type UpgradeRequest,
  UseHandshakeGuards,
  type WsConnection,
  WsConn,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
  WsUser,
} from 'nestjs-wsgate';
import { finalize, interval, Observable, of } from 'rxjs';

const [, , options = '{}'] = process.argv;
const KIB = 'x'.repeat(1024);
const SECRET = 'the password is swordfish';
const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);

let calls = 0;
let streams = 0;

function counted<T>(source: Observable<T>): Observable<T> {
  return new Observable((observer) => {
    streams++;
    return source.pipe(finalize(() => streams--)).subscribe(observer);
  });
}

class User {
  readonly name = 'Ada';
  @Exclude() readonly password = 'swordfish';
}

class Note {
  @IsString() @Length(1, 100) readonly text!: string;
  @IsInt() @IsOptional() readonly count?: number;
}

/** `?guard=throw|reject|hang|refuse` has its way. */
class MoodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { url = '' } = context.switchToHttp().getRequest<{ readonly url?: string }>();
    if (url.includes('guard=throw')) throw new Error(SECRET);
    if (url.includes('guard=reject')) return Promise.reject(new Error(SECRET));
    if (url.includes('guard=hang')) return new Promise(() => undefined);
    return !url.includes('guard=refuse');
  }
}

/** Where the well-behaved clients are, and attackers may be too. */
@WsGateway('/good')
class WorkGateway {
  @WsHandler('square') square(@WsPayload() n: number): {
    readonly n: number;
    readonly square: number;
  } {
    return { n, square: n * n };
  }
  @WsHandler('later') async later(@WsPayload() n: number): Promise<number> {
    calls++;
    await new Promise(setImmediate);
    calls--;
    return n;
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    return counted(interval(5));
  }
}

/** `?open=hang|throw` has its way in the open hook. */
@WsGateway('/target/:name')
@UseHandshakeGuards(MoodyGuard)
class TargetGateway {
  constructor(private readonly server: WsServer) {}

  onWsOpen(connection: WsConnection): unknown {
    if (connection.query['open'] === 'throw') throw new Error(SECRET);
    if (connection.query['open'] === 'hang') return new Promise(() => undefined);
    return connection.join('targets');
  }
  @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
    return data;
  }
  @WsHandler('name') name(@WsConn() connection: WsConnection): unknown {
    return connection.params;
  }
  /** Keeps the last of a list. */
  @WsHandler('keep') keep(@WsPayload() data: readonly unknown[], @WsConn() c: WsConnection): void {
    const kept = (c.data['kept'] ??= []) as unknown[];
    kept.push(data.at(-1));
  }
  @WsHandler('keys') keys(@WsPayload() data: unknown): readonly string[] {
    const seen: string[] = [];
    for (const key in data as object) seen.push(key);
    return seen;
  }
  @WsHandler('note') note(
    @WsPayload(new ValidationPipe({ whitelist: true, transform: true })) note: Note,
  ): unknown {
    return [note, note instanceof Note];
  }
  @WsHandler('plain-note') plainNote(@WsPayload(new ValidationPipe()) note: Note): unknown {
    return [note, note instanceof Note];
  }
  @WsHandler('throw') throw(): never {
    throw new Error(SECRET);
  }
  @WsHandler('throw-later') async *throwLater(): AsyncIterable<number> {
    yield await Promise.resolve(1);
    throw new Error(SECRET);
  }
  @UseInterceptors(ClassSerializerInterceptor)
  @WsHandler('user')
  user(): User {
    return new User();
  }
  @UseInterceptors(ClassSerializerInterceptor)
  @WsHandler('users')
  users(): Observable<User> {
    return of(new User(), new User());
  }
  @WsHandler('hang') hang(): Promise<never> {
    return new Promise(() => undefined);
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    return counted(interval(5));
  }
  /** As fast as it is taken, a KiB each. */
  @WsHandler('lines') async *lines(): AsyncIterable<string> {
    streams++;
    try {
      for (;;) yield KIB;
    } finally {
      streams--;
    }
  }
  /** A reply of as many KiB. */
  @WsHandler('large') large(@WsPayload() kib: number): string {
    return KIB.repeat(kib);
  }
  /** Pushes as many KiB to everybody who is here. */
  @WsHandler('shout') shout(@WsPayload() kib: number): void {
    for (let sent = 0; sent < kib; sent++) this.server.to('targets').send('shout', KIB);
  }
}

/** Sessions that have ended. The cookie `sid` is who one is. */
class EndedSessions extends Set<string | undefined> {}

class SessionGuard implements CanActivate {
  constructor(@Inject(EndedSessions) private readonly ended: EndedSessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<UpgradeRequest>();
    const { sid } = request.cookies;
    await new Promise(setImmediate);
    if (this.ended.has(sid)) throw new UnauthorizedException();
    request.user = sid;
    return true;
  }
}

/** What only a session may do: `spend` is checked each time, the rest by the clock, if there is one. */
@WsGateway({ path: '/account', recheck: { on: ['spend'] } })
@UseHandshakeGuards(SessionGuard)
class AccountGateway {
  constructor(@Inject(EndedSessions) private readonly ended: EndedSessions) {}

  /** Whether it is a session that has ended who is spending. */
  @WsHandler('spend') spend(@WsUser() user: string): boolean {
    return this.ended.has(user);
  }
  @WsHandler('peek') peek(): void {
    // Nothing to see.
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    return counted(interval(5));
  }
}

@Controller()
class LogoutController {
  constructor(@Inject(EndedSessions) private readonly ended: EndedSessions) {}

  /** Ends sessions and tells no connection of it. */
  @Post('end') end(@Query('sid') sid: string | readonly string[]): void {
    for (const one of [sid].flat()) this.ended.add(one);
  }
}

@Module({
  imports: [WsModule.forRoot(JSON.parse(options))],
  controllers: [LogoutController],
  providers: [WorkGateway, TargetGateway, AccountGateway, MoodyGuard, SessionGuard, EndedSessions],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
const http = app.getHttpServer() as {
  address(): { readonly port: number };
  getConnections(tell: (error: unknown, count: number) => void): void;
};
// Node's own deadline for headers is a minute.
Object.assign(http, { headersTimeout: 3_000, connectionsCheckingInterval: 100 });
await app.listen(0, '127.0.0.1');
const server = app.get(WsServer);

const TICK = 10;
let longest = 0;
let lastTime = performance.now();
let lastUsage = process.cpuUsage();

// The longest the loop was held. CPU time as well as time, so that a busy machine blames nobody.
setInterval(() => {
  const usage = process.cpuUsage(lastUsage);
  const held = Math.min(performance.now() - lastTime, (usage.user + usage.system) / 1000);
  longest = Math.max(longest, held);
  lastTime = performance.now();
  lastUsage = process.cpuUsage();
}, TICK).unref();

function tellVitals(loopHeldMs: number): void {
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  http.getConnections((_error, connections) => {
    process.send?.({
      heapBytes: heapUsed + external,
      rssBytes: rss,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      loopHeldMs,
      connections,
      sockets: server.connections.size,
      calls,
      streams,
    });
    // Collecting garbage held the loop too.
    lastTime = performance.now();
    lastUsage = process.cpuUsage();
  });
}

process.on('message', (question) => {
  const before = longest;
  if (question === 'begin') longest = 0;
  tellVitals(before);
});
process.on('disconnect', () => process.exit());
process.stdout.write(`${http.address().port}\n`);
