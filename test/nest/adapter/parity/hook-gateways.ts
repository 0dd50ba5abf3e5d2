import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type WsResponse,
} from '@nestjs/websockets';
import type { WebSocket, WebSocketServer as Server } from 'ws';
import { Journal } from '../support/journal.js';

type Named = WebSocket & { nick?: string };

/** Uses what Nest gives it of the client and the server. */
@WebSocketGateway({ path: 'hooks' })
export class HookGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer()
  server!: Server;

  constructor(private readonly journal: Journal) {}

  afterInit(server: Server): void {
    this.journal.note(`init ${server === this.server} ${server.clients.size}`);
  }

  handleConnection(client: Named, request: IncomingMessage): void {
    this.journal.note(`connect ${request.url} ${String(request.headers['x-test'])}`);
    client.nick = 'Ada';
    client.send('{"event":"welcome"}');
    client.on('message', (data: Buffer | string) => {
      if (String(data) === 'native') client.send('not JSON at all');
    });
  }

  handleDisconnect(client: Named): void {
    const { size } = this.server.clients;
    this.journal.note(`disconnect ${client.nick} ${client.readyState} ${size}`);
  }

  @SubscribeMessage('who')
  who(@ConnectedSocket() client: Named): string[] {
    return [client.nick ?? '', String(client.readyState), String(this.server.clients.has(client))];
  }

  @SubscribeMessage('leave')
  leave(@ConnectedSocket() client: Named): string {
    client.close(4000, 'as you wish');
    return 'too late';
  }
}

@WebSocketGateway({ path: '/shared' })
export class FirstGateway {
  @WebSocketServer()
  server!: Server;

  @SubscribeMessage('both')
  both(@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'first', data };
  }

  @SubscribeMessage('clients')
  clients(): number {
    return this.server.clients.size;
  }
}

@WebSocketGateway({ path: '/shared' })
export class SecondGateway {
  @SubscribeMessage('both')
  both(@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'second', data };
  }

  @SubscribeMessage('only second')
  onlySecond(): string {
    return 'second';
  }
}

@Injectable({ scope: Scope.REQUEST })
export class Visit {
  private count = 0;

  constructor(@Inject(REQUEST) private readonly client: WebSocket) {}

  next(): string {
    this.count++;
    return `${this.count} ${typeof this.client.send}`;
  }
}

@WebSocketGateway({ path: '/scoped' })
export class ScopedGateway {
  constructor(private readonly visit: Visit) {}

  @SubscribeMessage('visit')
  next(): string {
    return this.visit.next();
  }
}
