import { type DynamicModule, Module } from '@nestjs/common';
import { WsModule } from 'nestjs-wsgate';
import { SessionController } from './auth/session.controller.js';
import { SessionGuard } from './auth/session.guard.js';
import { SessionStore } from './auth/session-store.js';
import { ChatGateway } from './chat/chat.gateway.js';
import { RoomBook } from './chat/room-book.js';
import { ChatSettings } from './chat-settings.js';
import { PriceFeed } from './prices/price-feed.js';

@Module({
  imports: [WsModule.forRoot({})],
  controllers: [SessionController],
  providers: [SessionStore, SessionGuard, RoomBook, ChatGateway, PriceFeed],
})
export class AppModule {
  /** The application with these settings. */
  static with(settings: ChatSettings): DynamicModule {
    return { module: AppModule, providers: [{ provide: ChatSettings, useValue: settings }] };
  }
}
