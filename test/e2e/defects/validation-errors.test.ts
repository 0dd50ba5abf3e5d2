import { UsePipes, ValidationPipe } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { IsEmail, MinLength } from 'class-validator';
import { WsGateway, WsHandler, WsPayload } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ours, serve, theirs } from '../support/serve.js';

class LogIn {
  @IsEmail() email!: string;
  @MinLength(8) password!: string;
}

const WRONG = { email: 'ada', password: 'hunter2' };

@WebSocketGateway({ path: '/login' })
@UsePipes(new ValidationPipe())
class TheirGateway {
  @SubscribeMessage('login') logIn(@MessageBody() _dto: LogIn): void {}
}

@WsGateway('/login')
@UsePipes(new ValidationPipe())
class OurGateway {
  @WsHandler('login') logIn(@WsPayload() _dto: LogIn): void {}
}

describe('a payload that fails validation', () => {
  it('platform-ws: is an "Internal server error" that echoes it, password and all', () =>
    serve(theirs({ providers: [TheirGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/login`);
      peer.send({ event: 'login', data: WRONG });
      expect(await peer.next(() => true)).toEqual({
        event: 'exception',
        data: {
          status: 'error',
          message: 'Internal server error',
          cause: { pattern: 'login', data: WRONG },
        },
      });
    }));

  it('wsgate: is a VALIDATION error that says what is wrong with each field, and echoes nothing', () =>
    serve(ours({ providers: [OurGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/login`);
      const answer = await peer.call('login', WRONG);
      expect(answer).toMatchObject({
        op: 'error',
        id: 1,
        error: {
          code: 'VALIDATION',
          status: 400,
          details: [
            { path: 'email', messages: ['email must be an email'] },
            {
              path: 'password',
              messages: ['password must be longer than or equal to 8 characters'],
            },
          ],
        },
      });
      expect(JSON.stringify(answer)).not.toContain(WRONG.password);
    }));
});
