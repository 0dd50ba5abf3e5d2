import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * A service that applications ask, such as a database, on a port of its own. It answers when the
 * test says so.
 */
export class Outside {
  readonly #asking: Socket[] = [];
  readonly #server = createServer((socket) => {
    this.#asking.push(socket.on('error', () => undefined));
  });

  static async start(): Promise<Outside> {
    const outside = new Outside();
    await once(outside.#server.listen(0, '127.0.0.1'), 'listening');
    return outside;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Answers whoever has asked. */
  answer(): void {
    for (const socket of this.#asking.splice(0)) socket.end('yes');
  }

  stop(): void {
    this.#server.close();
  }
}
