// A gateway whose handleConnection throws, on Nest's own adapter, in a process of its own.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';

class ThrowingGateway {
  handleConnection() {
    throw new Error('thrown');
  }
}
WebSocketGateway()(ThrowingGateway);

class AppModule {}
Module({ providers: [ThrowingGateway] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
console.log(app.getHttpServer().address().port);
