import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * The response that handshake guards see: a real `ServerResponse` without a socket. Headers set on
 * it reach the 101 or the refusal. A guard (or an HTTP middleware inside one) that ends it has
 * refused, with the status and body it wrote.
 */
export class HandshakeResponse {
  readonly response: ServerResponse;
  /** Resolves when somebody ends the response. */
  readonly ended: Promise<void>;
  readonly #chunks: Buffer[] = [];
  #hasEnded = false;

  constructor(request: IncomingMessage) {
    this.response = new ServerResponse(request);
    // Own properties: a framework may give the response a prototype of its own.
    this.response.write = (...args: readonly unknown[]) => this.#keep(args);
    this.ended = new Promise((resolve) => {
      this.response.end = (...args: readonly unknown[]) => this.#end(args, resolve);
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What was written to it. */
  get body(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** The headers for an answer; hooks on `writeHead`, where sessions set their cookie, run first. */
  takeHeaders(status: number): OutgoingHttpHeaders {
    if (!this.response.headersSent) this.response.writeHead(status);
    return this.response.getHeaders();
  }

  #end(args: readonly unknown[], resolve: () => void): ServerResponse {
    this.takeHeaders(this.response.statusCode);
    this.#hasEnded = true;
    this.#keep(args);
    resolve();
    return this.response;
  }

  #keep(args: readonly unknown[]): boolean {
    const chunk = toBytes(args[0], args[1]);
    if (chunk) this.#chunks.push(chunk);
    args.find((arg): arg is () => void => typeof arg === 'function')?.();
    return true;
  }
}

function toBytes(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (typeof chunk !== 'string')
    return chunk instanceof Uint8Array ? Buffer.from(chunk) : undefined;
  const isNamed = typeof encoding === 'string' && Buffer.isEncoding(encoding);
  return Buffer.from(chunk, isNamed ? encoding : 'utf8');
}
