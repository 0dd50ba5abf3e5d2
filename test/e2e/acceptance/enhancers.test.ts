import {
  type ArgumentMetadata,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, REQUEST } from '@nestjs/core';
import {
  type GlobalGuards,
  UseHandshakeGuards,
  type WsConnection,
  WsException,
  WsGateway,
  WsHandler,
  WsPayload,
} from 'nestjs-wsgate';
import { map, type Observable } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { type AppSetup, ours, PLATFORMS, serve } from '../support/serve.js';

/** What ran, in order; injected, so that every enhancer proves it was. */
@Injectable()
class Log {
  readonly entries: string[] = [];
}

/** Every kind of enhancer in one, with its place in its name. */
function createEnhancer(place: string) {
  @Injectable()
  @Catch()
  class Enhancer implements CanActivate, PipeTransform, NestInterceptor, ExceptionFilter {
    constructor(@Inject(Log) private readonly log: Log) {}
    canActivate(context: ExecutionContext): boolean {
      this.log.entries.push(`${place} guard (${context.getType()})`);
      return true;
    }
    transform(value: unknown, { type }: ArgumentMetadata): unknown {
      this.log.entries.push(`${place} pipe (${type})`);
      return value;
    }
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      this.log.entries.push(`${place} interceptor`);
      return next.handle().pipe(map((value) => `${place}[${String(value)}]`));
    }
    catch(exception: Error, host: ArgumentsHost): never {
      this.log.entries.push(`${place} filter (${host.getType()})`);
      throw new WsException('CAUGHT', `${place}: ${exception.message}`);
    }
  }
  return Enhancer;
}

const Global = createEnhancer('global');
const OfClass = createEnhancer('class');
const OfMethod = createEnhancer('method');

const GLOBALS: AppSetup['providers'] = [
  { provide: APP_GUARD, useClass: Global },
  { provide: APP_PIPE, useClass: Global },
  { provide: APP_INTERCEPTOR, useClass: Global },
  { provide: APP_FILTER, useClass: Global },
];

const ORDER = [
  'global guard (ws)',
  'class guard (ws)',
  'method guard (ws)',
  'global interceptor',
  'class interceptor',
  'method interceptor',
  'global pipe (body)',
  'class pipe (body)',
  'method pipe (body)',
];

@WsGateway('/gateway')
@UseGuards(OfClass)
@UsePipes(OfClass)
@UseInterceptors(OfClass)
class Gateway {
  @WsHandler('work')
  @UseGuards(OfMethod)
  @UsePipes(OfMethod)
  @UseInterceptors(OfMethod)
  work(@WsPayload() payload: unknown): unknown {
    return payload;
  }
  @WsHandler('fail') fail(): never {
    throw new Error('failed');
  }
  @WsHandler('fail.method') @UseFilters(OfMethod) failMethod(): never {
    throw new Error('failed');
  }
}

@Controller('things')
@UseGuards(OfClass)
@UsePipes(OfClass)
@UseInterceptors(OfClass)
class ThingsController {
  @Get() @WsHandler('things.list') list(): string {
    return 'things';
  }
  @WsHandler('work')
  @UseGuards(OfMethod)
  @UsePipes(OfMethod)
  @UseInterceptors(OfMethod)
  work(@WsPayload() payload: unknown): unknown {
    return payload;
  }
}

@WsGateway('/own')
@Controller('own')
class ControllerOnItsOwnPath {
  @Get() @WsHandler('own') own(): string {
    return 'own';
  }
}

describe.each(PLATFORMS)('enhancers, on %s', (platform) => {
  const setup = ours({ platform, providers: [Log, Gateway, ...GLOBALS] });

  it('run per message, in Nest’s order, with everything injected', () =>
    serve(setup, async ({ app, url }) => {
      const peer = await connectPeer(`${url}/gateway`);
      const { entries } = app.get(Log);
      expect(entries).toEqual(['global guard (http)']);
      entries.length = 0;
      expect(await peer.call('work', 1)).toMatchObject({ data: 'global[class[method[1]]]' });
      expect(entries).toEqual(ORDER);
    }));

  it('the same on a controller', () =>
    serve(
      ours({ platform, providers: [Log, ...GLOBALS], controllers: [ThingsController] }),
      async ({ app, url }) => {
        const peer = await connectPeer(`${url}/ws`);
        const { entries } = app.get(Log);
        entries.length = 0;
        expect(await peer.call('work', 1)).toMatchObject({ data: 'global[class[method[1]]]' });
        expect(entries).toEqual(ORDER);
      },
    ));

  it('the filter nearest to the method has the say', () =>
    serve(setup, async ({ app, url }) => {
      const peer = await connectPeer(`${url}/gateway`);
      expect(await peer.call('fail')).toMatchObject({
        error: { code: 'CAUGHT', message: 'global: failed' },
      });
      expect(await peer.call('fail.method')).toMatchObject({
        error: { message: 'method: failed' },
      });
      expect(app.get(Log).entries).toContain('global filter (ws)');
    }));

  it('a controller serves HTTP, and WebSockets on /ws or on a path of its own', () =>
    serve(
      ours({
        platform,
        providers: [Log],
        controllers: [ThingsController, ControllerOnItsOwnPath],
      }),
      async ({ url }) => {
        const http = url.replace('ws', 'http');
        expect(await (await fetch(`${http}/things`)).text()).toBe('class[things]');
        expect(await (await fetch(`${http}/own`)).text()).toBe('own');
        const things = await connectPeer(`${url}/ws`);
        expect(await things.call('things.list')).toMatchObject({ data: 'class[things]' });
        expect(await things.call('own')).toMatchObject({ error: { code: 'UNKNOWN_TYPE' } });
        const own = await connectPeer(`${url}/own`);
        expect(await own.call('own')).toMatchObject({ data: 'own' });
      },
    ));
});

describe.each<[GlobalGuards | undefined, readonly string[]]>([
  [undefined, ['http', 'ws']],
  ['both', ['http', 'ws']],
  ['handshake', ['http']],
  ['message', ['ws']],
])('globalGuards: %s', (globalGuards, where) => {
  it.each([
    ['of the module', { globalGuards }, {}],
    ['of the gateway', { globalGuards: 'both' as const }, { globalGuards }],
  ])('%s decides where global guards run', async (_whose, ofModule, ofGateway) => {
    const seen: string[] = [];
    const guard: CanActivate = { canActivate: (context) => seen.push(context.getType()) > 0 };
    @WsGateway({ path: '/guarded', ...ofGateway })
    class Guarded {
      @WsHandler('hello') hello(): string {
        return 'hi';
      }
    }
    const setup = ours(
      { providers: [Guarded], configure: (app) => app.useGlobalGuards(guard) },
      ofModule,
    );
    await serve(setup, async ({ url }) => {
      const peer = await connectPeer(`${url}/guarded`);
      expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
      expect(seen).toEqual(where);
    });
  });
});

describe('@UseGuards', () => {
  it('on a class runs per message only', async () => {
    const deny: CanActivate = { canActivate: () => false };
    @WsGateway('/guarded')
    @UseGuards(deny)
    class Guarded {
      @WsHandler('hello') hello(): string {
        return 'hi';
      }
    }
    await serve(ours({ providers: [Guarded] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/guarded`);
      expect(await peer.call('hello')).toMatchObject({ error: { code: 'FORBIDDEN', status: 403 } });
    });
  });
});

describe('handshake guards', () => {
  const outcomes: readonly (readonly [string, CanActivate, number])[] = [
    ['false', { canActivate: () => false }, 403],
    ['a promise of false', { canActivate: () => Promise.resolve(false) }, 403],
    ['an HttpException', { canActivate: () => Promise.reject(new ForbiddenException()) }, 403],
    ['any other error', { canActivate: () => Promise.reject(new Error('secret')) }, 500],
    ['never', { canActivate: () => new Promise<never>(() => undefined) }, 503],
  ];

  it.each(outcomes)('that answer %s refuse', async (_what, guard, status) => {
    @WsGateway({ path: '/guarded', handshakeTimeout: 100 })
    @UseHandshakeGuards(guard)
    class Guarded {}
    await serve(ours({ providers: [Guarded] }), async ({ url }) => {
      const refusal = await refusedPeer(`${url}/guarded`);
      expect(refusal).toMatchObject({ status });
      expect(refusal.body).not.toContain('secret');
    });
  });

  it('may set headers, which reach the 101', async () => {
    const guard: CanActivate = {
      canActivate: (context) => {
        const response = context.switchToHttp().getResponse<{ setHeader: typeof setHeader }>();
        response.setHeader('X-Session', 'renewed');
        return true;
      },
    };
    @WsGateway('/guarded')
    @UseHandshakeGuards(guard)
    class Guarded {}
    await serve(ours({ providers: [Guarded] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/guarded`);
      expect(peer.headers['x-session']).toBe('renewed');
    });
  });
});

declare function setHeader(name: string, value: string): unknown;

describe('request scope', () => {
  let made = 0;

  @Injectable({ scope: Scope.REQUEST })
  class Visit {
    readonly number = ++made;
    constructor(@Inject(REQUEST) readonly connection: WsConnection) {}
  }

  @Injectable({ scope: Scope.REQUEST })
  class ScopedGuard implements CanActivate {
    constructor(private readonly visit: Visit) {}
    canActivate(): boolean {
      return this.visit.connection.query['deny'] === undefined;
    }
  }

  @WsGateway('/visits')
  class Visits {
    private calls = 0;
    constructor(private readonly visit: Visit) {}
    @WsHandler('count') count(): unknown {
      return { visit: this.visit.number, calls: ++this.calls, path: this.visit.connection.path };
    }
    @WsHandler('scoped') @UseGuards(ScopedGuard) scoped(): string {
      return 'in';
    }
  }

  beforeEach(() => {
    made = 0;
  });

  it('is one context per connection, and REQUEST is the connection', () =>
    serve(ours({ providers: [Visits, Visit, ScopedGuard] }), async ({ url }) => {
      const [one, two] = [await connectPeer(`${url}/visits`), await connectPeer(`${url}/visits`)];
      await one.call('count');
      expect(await one.call('count')).toMatchObject({ data: { calls: 2, path: '/visits' } });
      expect(await two.call('count')).toMatchObject({ data: { calls: 1 } });
      expect(made).toBe(2);
    }));

  it('holds for guards too', () =>
    serve(ours({ providers: [Visits, Visit, ScopedGuard] }), async ({ url }) => {
      const [one, two] = [
        await connectPeer(`${url}/visits`),
        await connectPeer(`${url}/visits?deny`),
      ];
      expect(await one.call('scoped')).toMatchObject({ data: 'in' });
      expect(await two.call('scoped')).toMatchObject({ error: { code: 'FORBIDDEN' } });
    }));

  it('holds for APP_GUARD on a gateway that is not scoped itself', async () => {
    @WsGateway('/plain')
    class Plain {
      @WsHandler('hello') hello(): string {
        return 'hi';
      }
    }
    const providers = [Plain, Visit, { provide: APP_GUARD, useClass: ScopedGuard }];
    const setup = ours({ providers }, { globalGuards: 'message' });
    await serve(setup, async ({ url }) => {
      const [one, two] = [
        await connectPeer(`${url}/plain`),
        await connectPeer(`${url}/plain?deny=1`),
      ];
      expect(await one.call('hello')).toMatchObject({ data: 'hi' });
      expect(await two.call('hello')).toMatchObject({ error: { code: 'FORBIDDEN' } });
    });
  });
});
