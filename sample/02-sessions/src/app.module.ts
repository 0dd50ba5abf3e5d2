import { type DynamicModule, Module } from '@nestjs/common';
import { WsModule } from 'nestjs-wsgate';
import { BasketController } from './basket.controller.js';
import { BasketGateway } from './basket.gateway.js';
import { LoginController } from './login.controller.js';
import { createSessionMiddleware, SESSION_MIDDLEWARE } from './session-middleware.js';
import { SessionGuard } from './session.guard.js';

@Module({
  imports: [WsModule.forRoot({})],
  controllers: [LoginController, BasketController],
  providers: [BasketGateway, SessionGuard],
})
export class AppModule {
  /** The application with that secret for its session cookies. */
  static with(secret: string): DynamicModule {
    const useValue = createSessionMiddleware(secret);
    return { module: AppModule, providers: [{ provide: SESSION_MIDDLEWARE, useValue }] };
  }
}
