import {
  Body,
  createParamDecorator,
  type ExecutionContext,
  Headers,
  type HttpException,
  Injectable,
  Ip,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Query,
  Req,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import * as common from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { IsInt, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  InvalidUse,
  WsConn,
  WsConnection,
  WsCookie,
  WsGateway,
  WsHandler,
  WsHeader,
  WsParam,
  WsPayload,
  WsQuery,
  WsSignal,
  WsUser,
} from '../../../lib/index.js';
import { readFields } from '../../../lib/nest/errors/exception-fields.js';
import { createCall, createConnection, findHandler } from '../support/compiled.js';
import { createApp } from '../support/gateway-app.js';

class User {
  constructor(private readonly first: string) {}
  get name(): string {
    return `${this.first}!`;
  }
}

class Dto {
  @IsString() text!: string;
  @IsInt() count!: number;
}

const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  return context.switchToWs().getClient<WsConnection>().headers['x-tenant'];
});

const LaterTenant = createParamDecorator(async () => Promise.resolve('later'));

class ShoutPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'string' ? value.toUpperCase() : value;
  }
}

const schema = z.object({ n: z.coerce.number() });

@WsGateway()
@Injectable()
class ParamsGateway {
  @WsHandler('all')
  all(
    @WsConn() connection: WsConnection,
    @WsUser() user: User,
    @WsUser('name') name: string,
    @WsParam('room') room: string,
    @WsParam() params: object,
    @WsQuery('q') query: string,
    @WsHeader('X-Tenant') tenant: string,
    @WsCookie('theme') theme: string,
    @WsCookie('constructor') nothing: unknown,
    @WsSignal() signal: AbortSignal,
    @Tenant() custom: string,
    @LaterTenant() later: string,
  ): unknown {
    const isConnection = connection instanceof WsConnection && user instanceof User;
    const { aborted } = signal;
    return {
      isConnection,
      name,
      room,
      params,
      query,
      tenant,
      theme,
      nothing,
      aborted,
      custom,
      later,
    };
  }

  @WsHandler('http')
  http(
    @Req() request: unknown,
    @Body('text') text: string,
    @Param('room') room: string,
    @Query('q') query: string,
    @Headers('X-Tenant') tenant: string,
    @Ip() ip: string,
  ): unknown {
    return [request instanceof WsConnection, text, room, query, tenant, ip];
  }

  @WsHandler('piped')
  piped(
    @WsParam('page', ParseIntPipe) page: number,
    @WsPayload('word', ShoutPipe, new ShoutPipe()) word: string,
    @WsHeader('x-tenant', ShoutPipe) tenant: string,
  ): unknown {
    return [page, word, tenant];
  }

  @WsHandler('own') own(@WsPayload('toString') value: unknown): unknown {
    return [value];
  }

  @UsePipes(new ValidationPipe({ transform: true, whitelist: true }))
  @WsHandler('bare')
  bare(connection: unknown, dto: Dto): unknown {
    return [connection instanceof WsConnection, dto instanceof Dto, Object.entries(dto)];
  }

  @WsHandler('schema') schema(@WsPayload({ schema }) value: unknown): unknown {
    return value;
  }

  @WsHandler('bare schema') bareSchema(@WsPayload(schema) value: unknown): unknown {
    return value;
  }

  @WsHandler('nested schema') nestedSchema(
    @WsPayload('at', z.object({ x: z.number() })) at: unknown,
  ): unknown {
    return at;
  }

  @UsePipes(new ValidationPipe())
  @WsHandler('nested dto')
  nestedDto(@WsPayload('dto') dto: Dto): unknown {
    return dto;
  }

  @WsHandler('schema of a prop') schemaOfProp(
    @WsPayload('n', z.coerce.number(), z.number().max(9)) n: unknown,
    @WsQuery('q', z.string()) q: unknown,
    @WsUser('name', z.string().toUpperCase()) name: unknown,
  ): unknown {
    return [n, q, name];
  }
}

async function invoke(type: string, payload?: unknown): Promise<unknown> {
  const app = await createApp({ providers: [ParamsGateway] });
  const connection = createConnection({ user: new User('ann') });
  const handler = await findHandler(app, type, connection);
  return handler.invoke(connection, payload, createCall(type));
}

describe('parameters', () => {
  it('come from the connection, the call and custom decorators', async () => {
    expect(await invoke('all')).toEqual({
      isConnection: true,
      name: 'ann!',
      room: 'lobby',
      params: { room: 'lobby', page: '7' },
      query: 'find',
      tenant: 'acme',
      theme: 'dark',
      nothing: undefined,
      aborted: false,
      custom: 'acme',
      later: 'later',
    });
  });

  it("may be declared with Nest's HTTP decorators", async () => {
    const values = await invoke('http', { text: 'hi' });
    expect(values).toEqual([true, 'hi', 'lobby', 'find', 'acme', '192.0.2.1']);
  });

  it('go through their own pipes', async () => {
    expect(await invoke('piped', { word: 'loud' })).toEqual([7, 'LOUD', 'ACME']);
  });

  it("are never read from a payload's prototype", async () => {
    expect(await invoke('own', {})).toEqual([undefined]);
    expect(await invoke('own', 'text')).toEqual([undefined]);
  });

  it('are connection and payload where none is decorated, and validated all the same', async () => {
    const payload = { text: 'hi', count: 1, extra: 1 };
    expect(await invoke('bare', payload)).toEqual([
      true,
      true,
      [
        ['text', 'hi'],
        ['count', 1],
      ],
    ]);
    await expect(invoke('bare', { text: 1 })).rejects.toThrow('Bad Request');
  });

  it.each(['schema', 'bare schema'])('are what a schema puts out: %s', async (type) => {
    expect(await invoke(type, { n: '5' })).toEqual({ n: 5 });
    await expect(invoke(type, { n: 'x' })).rejects.toMatchObject({
      fields: [{ path: 'n', messages: [expect.stringContaining('number')] }],
    });
  });

  it('take schemas wherever they take pipes', async () => {
    expect(await invoke('schema of a prop', { n: '5' })).toEqual([5, 'find', 'ANN!']);
    await expect(invoke('schema of a prop', { n: '10' })).rejects.toMatchObject({
      fields: [{ path: 'n', messages: [expect.stringContaining('9')] }],
    });
  });

  it.each<[string, unknown, string]>([
    ['nested schema', { at: { x: 'secret' } }, 'at.x'],
    ['nested schema', {}, 'at'],
    ['nested dto', { dto: { text: 1, count: 1 } }, 'dto.text'],
  ])('name the whole path of a field that does not fit: %s', async (type, payload, path) => {
    const error: unknown = await Promise.resolve(invoke(type, payload)).catch((e: unknown) => e);
    expect(readFields(error as HttpException)).toMatchObject([{ path }]);
  });

  it('are checked by the pipe of Nest 12 where it is bound, and by further schemas of theirs', async () => {
    const { StandardSchemaValidationPipe: NestPipe } = common as Partial<typeof common>;
    // Nest 11 has none; there the schemas check by themselves.
    const pipes = NestPipe ? [{ provide: APP_PIPE, useValue: new NestPipe() }] : [];
    const app = await createApp({ providers: [ParamsGateway, ...pipes] });
    const connection = createConnection({ user: new User('ann') });
    const run = async (type: string, payload: unknown): Promise<unknown> =>
      (await findHandler(app, type, connection)).invoke(connection, payload, createCall(type));
    expect(await run('bare schema', { n: '5' })).toEqual({ n: 5 });
    for (const [type, payload, path] of [
      ['bare schema', { n: 'x' }, 'n'],
      ['nested schema', { at: { x: 'secret' } }, 'at.x'],
      ['schema of a prop', { n: '10' }, 'n'],
    ] as const) {
      const error: unknown = await run(type, payload).catch((thrown: unknown) => thrown);
      expect(readFields(error as HttpException)).toMatchObject([{ path }]);
    }
  });

  it('keep the exception that the pipe of Nest 12 is told to throw, and add the fields', async () => {
    const { StandardSchemaValidationPipe: NestPipe } = common as Partial<typeof common>;
    if (NestPipe === undefined) return;
    const own = new NestPipe({ exceptionFactory: () => new common.GoneException('own') });
    const app = await createApp({
      providers: [ParamsGateway, { provide: APP_PIPE, useValue: own }],
    });
    const connection = createConnection({ user: new User('ann') });
    const handler = await findHandler(app, 'bare schema', connection);
    const result = handler.invoke(connection, { n: 'x' }, createCall('bare schema'));
    const error: unknown = await Promise.resolve(result).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'own', status: 410 });
    expect(readFields(error as HttpException)).toMatchObject([{ path: 'n' }]);
  });

  it.each([
    [
      'parentheses are missing',
      () => Reflect.apply(WsPayload, undefined, [ParamsGateway.prototype, 'all', 0]),
    ],
    ['they get a number', () => WsPayload(7 as never)],
    ['a schema is none', () => WsPayload({ schema: {} } as never)],
  ])('refuse to be made when %s', (_why, make) => {
    expect(make).toThrow(InvalidUse);
  });
});
