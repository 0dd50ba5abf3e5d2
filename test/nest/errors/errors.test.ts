import {
  BadRequestException,
  Catch,
  ConflictException,
  ForbiddenException,
  HttpException,
  Injectable,
  Logger,
  NotFoundException,
  type PipeTransform,
  UnprocessableEntityException,
  UseFilters,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsString, MinLength, ValidateNested } from 'class-validator';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { WsException, WsGateway, WsHandler, WsPayload } from '../../../lib/index.js';
import { ExceptionReporter } from '../../../lib/nest/errors/exception-reporter.js';
import { toWireError } from '../../../lib/nest/errors/wire-error.js';
import { createCall, createConnection, findHandler } from '../support/compiled.js';
import { createApp, serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

class Line {
  @IsString() text!: string;
  @IsInt({ message: 'give a whole number' }) count!: number;
}

class Order {
  @IsString() @MinLength(3) name!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

const schema = z.object({ lines: z.array(z.object({ count: z.number() })) });

@WsGateway()
@Injectable()
class OrderGateway {
  @WsHandler('order') order(@WsPayload() order: Order): unknown {
    return order;
  }
  @WsHandler('schema') schema(@WsPayload({ schema }) order: unknown): unknown {
    return order;
  }
}

const WRONG = {
  name: 'x',
  lines: [
    { text: 'a', count: 1 },
    { text: 1, count: 'secret' },
  ],
};

async function failWith(type: string, pipe: PipeTransform, payload: unknown): Promise<unknown> {
  const app = await createApp({
    providers: [OrderGateway],
    configure: (created) => created.useGlobalPipes(pipe),
  });
  const handler = await findHandler(app, type);
  try {
    await handler.invoke(createConnection(), payload, createCall(type));
  } catch (exception) {
    return toWireError(exception);
  }
  throw new Error('nothing failed');
}

const validate = (
  options: ValidationPipeOptions = {},
  payload: unknown = WRONG,
): Promise<unknown> => failWith('order', new ValidationPipe(options), payload);

beforeAll(() => Logger.overrideLogger(false));

describe('a failed validation', () => {
  const details = [
    { path: 'name', messages: ['name must be longer than or equal to 3 characters'] },
    { path: 'lines.1.text', messages: ['text must be a string'] },
    { path: 'lines.1.count', messages: ['give a whole number'] },
  ];
  const expected = { code: 'VALIDATION', message: 'Validation failed', status: 400, details };

  it('names every field, with its path and messages', async () => {
    expect(await validate()).toEqual(expected);
  });

  it('never repeats the payload', async () => {
    expect(JSON.stringify(await validate())).not.toContain('secret');
    const echo = { exceptionFactory: (errors: unknown[]) => new BadRequestException(errors) };
    expect(JSON.stringify(await validate(echo))).not.toContain('secret');
  });

  it('keeps the status, and the text of a factory of the application', async () => {
    expect(await validate({ errorHttpStatusCode: 422 })).toEqual({ ...expected, status: 422 });
    const exceptionFactory = (): Error => new UnprocessableEntityException('look again');
    const own = { ...expected, message: 'look again', status: 422 };
    expect(await validate({ exceptionFactory })).toEqual(own);
  });

  it('leaves other exceptions of a factory alone', async () => {
    const exceptionFactory = (): Error => new WsException('BAD_ORDER', 'no', { hint: 1 });
    const error = { code: 'BAD_ORDER', message: 'no', details: { hint: 1 } };
    expect(await validate({ exceptionFactory })).toEqual(error);
  });

  it('says no more than the pipe wants to', async () => {
    const error = { code: 'VALIDATION', message: 'Bad Request', status: 400 };
    expect(await validate({ disableErrorMessages: true })).toEqual(error);
  });

  it('names no more than a hundred fields', async () => {
    const payload = { name: 'abc', lines: Array.from({ length: 5000 }, () => ({})) };
    const error = (await validate({}, payload)) as { details: unknown[] };
    expect(error.details).toHaveLength(100);
  });

  it('is understood from a pipe that only configures itself', async () => {
    class OwnPipe extends ValidationPipe {
      constructor() {
        super({ transform: true });
      }
    }
    expect(await failWith('order', new OwnPipe(), WRONG)).toEqual(expected);
  });

  it('is read from the texts of a pipe with methods of its own', async () => {
    class OwnPipe extends ValidationPipe {
      readonly #isStrict = true;
      protected override toValidate(): boolean {
        return this.#isStrict;
      }
    }
    const error = (await failWith('order', new OwnPipe(), WRONG)) as { details: unknown };
    expect(error.details).toEqual([
      { path: '', messages: expect.arrayContaining(['lines.1.text must be a string']) },
    ]);
  });

  it('is read from grouped errors', async () => {
    const grouped = new BadRequestException({ message: { 'a.b': ['x', 'y'] }, statusCode: 400 });
    expect(toWireError(grouped)).toMatchObject({
      details: [{ path: 'a.b', messages: ['x', 'y'] }],
    });
  });

  it('does not change the pipe', async () => {
    const pipe = new ValidationPipe();
    const before = Object.entries(pipe);
    await failWith('order', pipe, WRONG);
    expect(Object.entries(pipe)).toEqual(before);
    await expect(pipe.transform(WRONG, { type: 'body', metatype: Order })).rejects.toMatchObject({
      response: { message: expect.arrayContaining(['lines.1.text must be a string']) as unknown },
    });
  });

  it('of a schema names the field', async () => {
    const wrong = { lines: [{ count: 1 }, { count: 'secret' }] };
    const error = await failWith('schema', new ValidationPipe(), wrong);
    expect(error).toMatchObject({ code: 'VALIDATION', status: 400 });
    expect(error).toMatchObject({ details: [{ path: 'lines.1.count' }] });
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

describe('an exception', () => {
  it.each<[unknown, object]>([
    [new WsException('ROOM_FULL', 'full'), { code: 'ROOM_FULL', message: 'full' }],
    [new NotFoundException(), { code: 'NOT_FOUND', message: 'Not Found', status: 404 }],
    [new ConflictException('taken'), { code: 'CONFLICT', message: 'taken', status: 409 }],
    [new ForbiddenException('no'), { code: 'FORBIDDEN', message: 'no', status: 403 }],
    [new HttpException('tea', 418), { code: 'IM_A_TEAPOT', message: 'tea', status: 418 }],
    [new HttpException('odd', 599), { code: 'HTTP_599', message: 'odd', status: 599 }],
    [
      new ConflictException({ message: 'taken', until: 5 }),
      { code: 'CONFLICT', message: 'taken', status: 409, details: { until: 5 } },
    ],
    [new BadRequestException('odd'), { code: 'BAD_REQUEST', message: 'odd', status: 400 }],
  ])('becomes an error of its kind: %o', (exception, error) => {
    expect(toWireError(exception)).toEqual(error);
  });

  it.each([
    new Error('secret'),
    'secret',
    undefined,
    null,
    { message: 'secret', status: 200 },
    Object.create(null),
    () => 'secret',
  ])('tells nothing when nobody expected it: %o', (exception) => {
    const error = { code: 'INTERNAL', message: 'Internal server error', status: 500 };
    expect(toWireError(exception)).toEqual(error);
  });

  it('is logged when nobody expected it, once, with the connection', () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const reporter = new ExceptionReporter();
    reporter.report(new NotFoundException(), 'c1', 'Gateway.method');
    reporter.report(new WsException('A', 'b'), 'c1', 'Gateway.method');
    expect(log).not.toHaveBeenCalled();
    reporter.report(new Error('secret'), 'c1', 'Gateway.method');
    reporter.report(Object.create(null), 'c1', 'Gateway.method');
    expect(log.mock.calls.map(([message]) => message as unknown)).toEqual([
      'Gateway.method failed on connection c1: secret',
      'Gateway.method failed on connection c1: [Object: null prototype] {}',
    ]);
    log.mockRestore();
  });
});

describe('exception filters over the wire', () => {
  @Catch(ConflictException)
  class Reply {
    catch(): unknown {
      return { filtered: true };
    }
  }
  @Catch(NotFoundException)
  class Silent {
    catch(): void {}
  }
  @Catch(ForbiddenException)
  class Rethrow {
    catch(): never {
      throw new WsException('MAPPED', 'mapped');
    }
  }
  @WsGateway()
  @Injectable()
  @UseFilters(Reply, Silent, Rethrow)
  class Failing {
    @WsHandler('reply') reply(): never {
      throw new ConflictException();
    }
    @WsHandler('silent') silent(): never {
      throw new NotFoundException();
    }
    @WsHandler('rethrow') rethrow(): never {
      throw new ForbiddenException();
    }
    @WsHandler('internal') internal(): never {
      throw new Error('secret');
    }
  }

  it('reply, keep silent, or map', async () => {
    const { app, url } = await serveApp({ providers: [Failing] });
    const peer = await connectPeer(`${url}/ws`);
    expect(await peer.call('reply')).toEqual({ op: 'reply', id: 1, data: { filtered: true } });
    expect(await peer.call('silent')).toMatchObject({ op: 'error', error: { code: 'NOT_FOUND' } });
    expect(await peer.call('rethrow')).toMatchObject({ op: 'error', error: { code: 'MAPPED' } });
    expect(JSON.stringify(await peer.call('internal'))).not.toContain('secret');
    await peer.close();
    await app.close();
  });
});
