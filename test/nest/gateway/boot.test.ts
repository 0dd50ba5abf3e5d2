import {
  Controller,
  Injectable,
  Logger,
  type LoggerService,
  Module,
  type Type,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AllowOrigins, InvalidUse, WsGateway, WsHandler, WsModule } from '../../../lib/index.js';
import { type AppSetup, createApp } from '../support/gateway-app.js';

function gateway(path: string | undefined, name: string, type = `${name}.type`): Type {
  @WsGateway(path === undefined ? {} : { path })
  @Injectable()
  class Gateway {
    @WsHandler(type) handle(): void {}
  }
  Object.defineProperty(Gateway, 'name', { value: name });
  return Gateway;
}

async function bootError(setup: AppSetup): Promise<string> {
  const error: unknown = await createApp(setup).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidUse);
  return (error as Error).message;
}

@Injectable()
class Stray {
  @WsHandler('lost') handle(): void {}
}

@Controller()
class Mounted {
  @WsHandler('mounted') handle(): void {}
}

describe('booting', () => {
  it('refuses two handlers of one type on one path, naming both', async () => {
    const providers = [gateway('/chat', 'One', 'send'), gateway('/chat', 'Two', 'send')];
    const message = await bootError({ providers });
    expect(message).toMatch(
      /"send" on the path "\/chat": One\.handle .* and Two\.handle .*; give one of them another type/,
    );
  });

  it('refuses two handlers of one type in one class', async () => {
    @WsGateway('/chat')
    @Injectable()
    class Twice {
      @WsHandler('send') first(): void {}
      @WsHandler('send') second(): void {}
    }
    expect(await bootError({ providers: [Twice] })).toMatch(/Twice\.first .* and Twice\.second/);
  });

  it('refuses a class that two modules provide, naming both modules', async () => {
    const shared = gateway('/chat', 'Shared');
    @Module({ providers: [shared] })
    class OneModule {}
    @Module({ providers: [shared] })
    class TwoModule {}
    const message = await bootError({ imports: [OneModule, TwoModule] });
    expect(message).toContain('Shared.handle (OneModule) and Shared.handle (TwoModule)');
  });

  it('refuses paths that match the same URLs, naming both', async () => {
    const providers = [gateway('/chat/:room', 'One'), gateway('/chat/:id', 'Two')];
    const message = await bootError({ providers });
    expect(message).toMatch(/"\/chat\/:id" of Two clashes with "\/chat\/:room" of One/);
  });

  it.each(['chat', '/chat/:', '/a{b'])('refuses the path %s', async (path) => {
    expect(await bootError({ providers: [gateway(path, 'One')] })).toContain(`"${path}" of One`);
  });

  it('refuses a handler nobody can reach', async () => {
    expect(await bootError({ providers: [Stray] })).toMatch(
      /nobody can reach Stray\.handle .*neither a @WsGateway nor a controller/,
    );
  });

  it('refuses a gateway Nest did not make: its guards would not run', async () => {
    const type = gateway('/chat', 'Factory');
    const provider = { provide: type, useFactory: () => new type() as object };
    expect(await bootError({ providers: [provider] })).toContain('provide the class');
  });

  it('refuses classes of one path that disagree on an option', async () => {
    @WsGateway({ path: '/chat', maxPayload: 1 })
    @Injectable()
    class Small {}
    @WsGateway({ path: '/chat', maxPayload: 2 })
    @Injectable()
    class Big {}
    const message = await bootError({ providers: [Small, Big] });
    expect(message).toContain(
      'Small and Big share the path "/chat" but not the option "maxPayload"; give it',
    );
  });

  it.each(['https://a.example/path', '*.example.com', 'example.com', 'https://*.example.com', ''])(
    'refuses "%s" as an origin',
    async (origin) => {
      const message = await bootError({
        options: { origin: [origin] },
        providers: [gateway('/chat', 'One')],
      });
      expect(message).toContain(`"${origin}" is not an origin`);
    },
  );

  it.each([
    ['chat', 'the path "chat" of One does not begin with a slash; expected "/chat"'],
    ['/files/*', 'malformed: Missing parameter name at index 8'],
    [
      '/chat/:room?',
      'expected what Express 5 takes: "/chat/:room", "/files/*rest", "/chat{/:room}"',
    ],
  ])('refuses the path %s, and says how it is written', async (path, message) => {
    expect(await bootError({ providers: [gateway(path, 'One')] })).toContain(message);
  });

  it('refuses two sources of allowed origins', async () => {
    @WsGateway({ path: '/chat', origin: '*' })
    @AllowOrigins('https://a.example')
    @Injectable()
    class Both {}
    expect(await bootError({ providers: [Both] })).toContain('both @AllowOrigins and the option');
  });

  it('refuses a type that cannot be called, where it is declared', () => {
    expect(() => WsHandler('')).toThrow(InvalidUse);
  });

  class Misplaced {
    static handle(): void {}
    [Symbol('handle')](): void {}
    get handler(): () => void {
      return () => undefined;
    }
  }
  const { prototype } = Misplaced;

  it.each<[object, string | symbol, RegExp]>([
    [Misplaced, 'handle', /^Misplaced\.handle is static/],
    [prototype, Object.getOwnPropertySymbols(prototype)[0] ?? '', /has a symbol for a name/],
    [prototype, 'handler', /^Misplaced\.handler is not a method/],
    [prototype, 'arrow', /^Misplaced\.arrow is not a method/],
  ])('refuses what is not a named method, where it is declared: %#', (target, name, message) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor;
    const decorate = () => WsHandler('x')(target, name, descriptor);
    expect(decorate).toThrow(InvalidUse);
    expect(decorate).toThrow(message);
  });

  it('refuses to serve every gateway twice', async () => {
    @Module({ imports: [WsModule.forRoot({ path: '/other' })] })
    class Feature {}
    const providers = [gateway('/chat', 'One')];
    expect(await bootError({ providers, imports: [Feature] })).toBe(
      'WsModule.forRoot() is imported more than once; import it once, in the root module: it is global',
    );
  });

  it('says what to import instead of WsModule itself', async () => {
    await expect(createApp({ withoutModule: true, imports: [WsModule] })).rejects.toThrow(
      'import WsModule.forRoot(), not WsModule',
    );
  });

  it('lets gateways and controllers share a path', async () => {
    const app = await createApp({
      controllers: [Mounted],
      providers: [gateway(undefined, 'Default'), gateway('/ws', 'Named')],
    });
    await app.close();
  });

  it('logs one line per handler, and one for a gateway without any', async () => {
    const lines: unknown[] = [];
    const logger = {
      log: (message: unknown) => void lines.push(message),
      error: () => undefined,
      warn: () => undefined,
    } satisfies LoggerService;
    @WsGateway('/ticker')
    @Injectable()
    class Ticker {}
    const setup = { controllers: [Mounted], providers: [gateway('/chat/:room', 'Chat'), Ticker] };
    const app = await createApp({ ...setup, configure: () => Logger.overrideLogger(logger) });
    Logger.overrideLogger(false);
    await app.close();
    expect(lines).toEqual(
      expect.arrayContaining([
        'Mapped {/chat/:room, Chat.type} to Chat.handle',
        'Mapped {/ws, mounted} to Mounted.handle',
        'Mapped {/ticker} to Ticker',
      ]),
    );
  });
});
