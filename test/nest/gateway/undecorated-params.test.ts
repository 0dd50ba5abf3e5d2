import { Body, Controller, Injectable, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { expect, it } from 'vitest';
import { WsConnection, WsGateway, WsHandler, WsPayload } from '../../../lib/index.js';
import { createApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';

class Note {
  @IsString() text!: string;
}
type Alias = WsConnection<{ readonly name: string }>;

@WsGateway('/notes')
@Injectable()
class Notes {
  @WsHandler('dto') dto(_note: Note): void {}
  @WsHandler('text') text(_text: string, _conn: WsConnection): void {}

  @WsHandler('both') both(_conn: WsConnection, _note: Note): void {}
  @WsHandler('alias') alias(_conn: Alias): void {}
  @WsHandler('unknown') unknown(_client: unknown): void {}
  @WsHandler('none') none(): void {}
  @WsHandler('decorated') decorated(@WsPayload() _note: Note): void {}
  helper(_note: Note): void {}
}

@Controller()
class Routes {
  @Post() @WsHandler('post') post(@Body() _note: Note): void {}
  @Post() @WsHandler('bare') bare(_note: Note): void {}
}

it('warns of a method without parameter decorators that takes the connection for its payload', async () => {
  const log = new Lines();
  const setup = { providers: [Notes], controllers: [Routes], nest: { logger: log } };
  const app = await createApp(setup);
  await app.close();
  const gets =
    'gets (connection, payload), since none of its parameters has a decorator, but the first is a';
  expect(log.about('gets (')).toEqual([
    `Notes.dto ${gets} Note; write @WsPayload() in front of what is to be the payload WsGateways`,
    `Notes.text ${gets} String; write @WsPayload() in front of what is to be the payload WsGateways`,
    `Routes.bare ${gets} Note; write @WsPayload() in front of what is to be the payload WsGateways`,
  ]);
});
