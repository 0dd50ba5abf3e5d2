import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  Ack,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import { concat, EMPTY, map, type Observable, of, throwError } from 'rxjs';
import type { WebSocket } from 'ws';

class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ event: 'wrapped', data })));
  }
}

@Catch(BadRequestException)
class Answering implements ExceptionFilter {
  catch(exception: BadRequestException, host: ArgumentsHost): void {
    const client = host.switchToWs().getClient<WebSocket>();
    client.send(JSON.stringify({ event: 'filtered', data: exception.message }));
  }
}

@Catch()
class Rethrowing implements ExceptionFilter {
  catch(exception: unknown): void {
    throw exception;
  }
}

/** Everything a handler can come to. */
@WebSocketGateway({ path: '/results' })
export class ResultGateway {
  @SubscribeMessage('value')
  value(@MessageBody() data: unknown): unknown {
    return data;
  }

  @SubscribeMessage('nothing')
  nothing(): void {
    // Is not answered.
  }

  @SubscribeMessage('nested')
  nested(): Promise<Observable<number>> {
    return Promise.resolve(of(1, 2));
  }

  @SubscribeMessage('empty')
  empty(): Observable<never> {
    return EMPTY;
  }

  @SubscribeMessage('gaps')
  gaps(): Observable<unknown> {
    return of(1, null, undefined, 0, '', false, { event: 'gaps', data: 'end' });
  }

  @SubscribeMessage('refuse')
  refuse(@MessageBody() text: string): never {
    throw new WsException(text);
  }

  @SubscribeMessage('refuse with an object')
  refuseWithObject(): never {
    throw new WsException({ code: 'ROOM_FULL', message: 'full', seats: 2 });
  }

  @SubscribeMessage('fail')
  async fail(): Promise<never> {
    throw new Error('a secret');
  }

  @SubscribeMessage('fail late')
  failLate(): Observable<number> {
    return concat(
      of(1),
      throwError(() => new WsException('late')),
    );
  }

  @UseGuards(Refusing)
  @SubscribeMessage('guarded')
  guarded(): string {
    return 'not reached';
  }

  @UseInterceptors(Wrapping)
  @SubscribeMessage('intercepted')
  intercepted(@MessageBody() data: unknown): unknown {
    return data;
  }

  @SubscribeMessage('piped')
  piped(@MessageBody('n', ParseIntPipe) n: number): number {
    return n + 1;
  }

  @UseFilters(Answering)
  @SubscribeMessage('filtered')
  filtered(): never {
    throw new BadRequestException('no');
  }

  @UseFilters(Rethrowing)
  @SubscribeMessage('filter rethrows')
  filterRethrows(): never {
    throw new Error('again');
  }

  @SubscribeMessage('acknowledge')
  acknowledge(@MessageBody() data: unknown, @Ack() ack?: (value: unknown) => void): string {
    ack?.({ acknowledged: data });
    return typeof ack;
  }

  @SubscribeMessage('http decorator')
  http(@Body() data: unknown): string {
    return typeof data;
  }

  /** Later than anything that needs no input or output. */
  @SubscribeMessage('fence')
  async fence(): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    return 'fence';
  }
}
