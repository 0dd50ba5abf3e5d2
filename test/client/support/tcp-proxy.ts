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
  /** Whoever connects is sent away. */
  | 'refuse'
  /** Whoever connects hears nothing at all. */
  | 'mute';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A network to be had in a test: it forwards, and does what networks do. */
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

  /** From now on nothing gets through, and nobody is told. */
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
    // However late a chunk is, TCP keeps the order.
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
