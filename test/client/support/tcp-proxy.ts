import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the network does to the bytes. */
export type Weather =
  /** Nothing. */
  | 'fair'
  /** One byte at a time. */
  | 'split'
  /** Some milliseconds later. */
  | 'slow'
  /** New connections are reset. */
  | 'refuse'
  /** New connections are accepted, and nothing is ever sent on them. */
  | 'mute';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A network for tests: forwards bytes, and fails as networks do. */
export class TcpProxy {
  weather: Weather = 'fair';
  /** Connections taken so far. */
  accepted = 0;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  readonly #target: () => number;

  constructor(target: () => number) {
    this.#target = target;
    this.#listener = createServer((client) => this.#accept(client));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#listener.address() as AddressInfo).port}/`;
  }

  async start(): Promise<void> {
    await once(this.#listener.listen(0, '127.0.0.1'), 'listening');
  }

  /** Resets every connection. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** From now on nothing is forwarded, and neither end is told. */
  stall(): void {
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Ends one direction: the client is told that nothing more will come. */
  halfClose(): void {
    for (const { client } of this.#pairs) client.end();
  }

  async stop(): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(client: Socket): void {
    this.accepted++;
    client.on('error', () => undefined);
    if (this.weather === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#target(), host: '127.0.0.1', allowHalfOpen: true });
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    server.on('error', () => undefined);
    client.on('close', () => {
      this.#pairs.delete(pair);
      server.destroy();
    });
    server.on('close', () => client.destroy());
    if (this.weather === 'mute') return;
    this.#forward(client, server);
    this.#forward(server, client);
  }

  #forward(from: Socket, to: Socket): void {
    // Chunks are forwarded in order, however long each is delayed.
    let last: Promise<void> = Promise.resolve();
    const inTurn = (run: () => void): void => {
      const isLate = this.weather === 'slow';
      last = last.then(() => (isLate ? later(run) : run()));
    };
    from.on('data', (chunk: Buffer) => {
      if (this.weather !== 'split') return inTurn(() => to.write(chunk));
      for (const byte of chunk) inTurn(() => to.write(Buffer.of(byte)));
    });
    from.on('end', () => inTurn(() => to.end()));
  }
}

function later(run: () => void): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(() => {
      run();
      resolve();
    }, 5),
  );
}

/** A network that ends with the test. */
export async function startProxy(target: { readonly port: number }): Promise<TcpProxy> {
  const proxy = new TcpProxy(() => target.port);
  await proxy.start();
  onTestFinished(() => proxy.stop());
  return proxy;
}
