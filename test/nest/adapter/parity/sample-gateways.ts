import type { WsResponse } from '@nestjs/websockets';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { from, map, type Observable } from 'rxjs';
import type { WebSocket, WebSocketServer as Server } from 'ws';

/** The shapes of Nest's documentation: a plain answer, a promised one, an Observable of three. */
@WebSocketGateway({ cors: { origin: '*' } })
export class EventsGateway {
  @WebSocketServer()
  server!: Server;

  @SubscribeMessage('events')
  findAll(@MessageBody() _data: unknown): Observable<WsResponse<number>> {
    return from([1, 2, 3]).pipe(map((item) => ({ event: 'events', data: item })));
  }

  @SubscribeMessage('identity')
  async identity(@MessageBody() data: number): Promise<number> {
    return data;
  }

  @SubscribeMessage('echo')
  echo(@MessageBody('text') text: string): WsResponse<string> {
    return { event: 'echo', data: text };
  }

  @SubscribeMessage('chat')
  chat(@ConnectedSocket() client: WebSocket, @MessageBody() data: unknown): void {
    for (const other of this.server.clients) {
      if (other !== client) other.send(JSON.stringify({ event: 'chat', data }));
    }
  }

  @SubscribeMessage('without decorators')
  bare(_client: WebSocket, data: unknown, event: string): WsResponse<unknown> {
    return { event, data };
  }
}
