// A CommonJS application as Nest 11 generates them: the package, an ES module, comes in through require.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsInt, Max } from 'class-validator';
import { WsGateway, WsHandler, WsModule, WsPayload } from 'nestjs-wsgate';
import { WsClient } from 'nestjs-wsgate/client';

class CountTo {
  @IsInt()
  @Max(10)
  to!: number;
}

@WsGateway('/count')
class CountGateway {
  @WsHandler('echo')
  echo(@WsPayload() data: unknown): unknown {
    return data;
  }

  @WsHandler('count')
  async *count(
    @WsPayload(new ValidationPipe({ transform: true })) { to }: CountTo,
  ): AsyncGenerator<number> {
    for (let at = 1; at <= to; at++) yield at;
  }
}

@Module({ imports: [WsModule.forRoot({})], providers: [CountGateway] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const client = new WsClient(`ws://127.0.0.1:${port}/count`);
  assert.deepEqual(await client.request('echo', { hello: 'require' }), { hello: 'require' });
  const items: unknown[] = [];
  for await (const item of client.stream('count', { to: 3 })) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
  await assert.rejects(
    (async () => {
      for await (const item of client.stream('count', { to: 99 })) assert.fail(String(item));
    })(),
    { code: 'VALIDATION' },
  );
  await client.close();
  await app.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
