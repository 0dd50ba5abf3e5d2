declare module 'faye-websocket' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  interface Options {
    readonly maxLength?: number;
    readonly extensions?: readonly unknown[];
  }

  export class Client extends EventEmitter {
    constructor(url: string, protocols: readonly string[], options?: Options);
    readonly protocol: string;
    send(data: string | Buffer): boolean;
    ping(payload: string, onPong: () => void): boolean;
    close(code?: number, reason?: string): void;
  }

  export default class WebSocket extends Client {
    constructor(
      request: IncomingMessage,
      transport: Duplex,
      head: Buffer,
      protocols?: readonly string[],
      options?: Options,
    );
    static readonly Client: typeof Client;
  }
}
