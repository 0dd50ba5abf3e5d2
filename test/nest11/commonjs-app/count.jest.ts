// What Nest 11 generates tests with: Jest and ts-jest, which make CommonJS of the package.
import 'reflect-metadata';
import { expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { WsGateway, WsHandler, WsModule, WsPayload } from 'nestjs-wsgate';
import { WsClient } from 'nestjs-wsgate/client';
import { connect } from 'nestjs-wsgate/testing';

@WsGateway('/count')
class CountGateway {
  @WsHandler('echo')
  echo(@WsPayload() data: unknown): unknown {
    return data;
  }

  @WsHandler('never', { timeout: 5_000 })
  never(): Promise<void> {
    return new Promise(() => undefined);
  }

  @WsHandler('count')
  async *count(@WsPayload('to') to: number): AsyncGenerator<number> {
    for (let at = 1; at <= to; at++) yield at;
  }
}

it('is loaded, answers and streams, with and without a port', async () => {
  const module = await Test.createTestingModule({
    imports: [WsModule.forRoot()],
    providers: [CountGateway],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  const client = await connect(app, '/count');
  const text = 'ünïcödé '.repeat(2_000); // beyond ASCII, and in more than one buffer
  expect(await client.request('echo', text)).toBe(text);
  const items: unknown[] = [];
  for await (const item of client.stream('count', { to: 3 })) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  await app.listen(0, '127.0.0.1');
  const other = new WsClient(`${await app.getUrl()}/count`);
  expect(await other.request('echo', text)).toBe(text);
  await other.close();
  await app.close();
});

it('follows fake timers', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] });
  const module = await Test.createTestingModule({
    imports: [WsModule.forRoot()],
    providers: [CountGateway],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  const client = await connect(app, '/count', { timeoutMs: 60_000 });
  const late = expect(client.request('never')).rejects.toMatchObject({ code: 'TIMEOUT' });
  await jest.advanceTimersByTimeAsync(5_000);
  await late;
  const closed = app.close(); // the handler does not know that it is not wanted any more
  await jest.advanceTimersByTimeAsync(10_000);
  await closed;
  jest.useRealTimers();
});
