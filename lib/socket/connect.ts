import { randomBytes } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { InvalidUse } from '../protocol/errors.js';
import type { DeflateOptions } from '../protocol/extensions/permessage-deflate/deflate-options.js';
import {
  type DeflateAgreement,
  readDeflateAnswer,
  writeDeflateOffer,
} from '../protocol/extensions/permessage-deflate/negotiation.js';
import { isToken } from '../protocol/handshake/tokens.js';
import { readUpgradeResponse } from '../protocol/handshake/upgrade-response.js';
import { WEB_SOCKET_VERSION } from '../protocol/handshake/web-socket-version.js';
import { Deadline } from './deadline.js';
import { DEFAULT_HANDSHAKE_TIMEOUT, durationOf, type SocketOptions } from './socket-options.js';
import { readRefusal } from './unexpected-response.js';
import { isSameOrigin, readWebSocketUrl } from './web-socket-url.js';

/** Options of the Node client: those of `https.request` (TLS, agent, lookup ...) and these. */
export interface ClientOptions
  extends
    SocketOptions,
    Omit<
      RequestOptions,
      'headers' | 'host' | 'hostname' | 'path' | 'port' | 'method' | 'protocol' | 'timeout'
    > {
  /** Headers of the opening handshake beside its own. */
  readonly headers?: Readonly<Record<string, number | string | readonly string[] | undefined>>;
  /** The Origin header. Default: none, as a client that is no browser. */
  readonly origin?: string;
  /** Milliseconds the opening handshake may take; 0: no limit. Default 10000. */
  readonly handshakeTimeout?: number;
  /** Follow redirects. Default false: a redirect is an answer other than 101. */
  readonly followRedirects?: boolean;
  /** How many redirects to follow. Default 10. */
  readonly maxRedirects?: number;
}

/** What a client offers its server. */
export interface ClientOffer {
  /** In order of preference; empty for none. */
  readonly protocols: readonly string[];
  /** Undefined: no compression. */
  readonly deflate: DeflateOptions | undefined;
}

/** What a successful opening handshake left. */
export interface Opened {
  readonly transport: Duplex;
  /** Bytes that came with the response's end. */
  readonly head: Buffer;
  readonly response: IncomingMessage;
  readonly protocol: string;
  readonly deflate: DeflateAgreement | undefined;
}

/** Who is told how an attempt ends: one of the first two, once. */
export interface ConnectListener {
  onOpened(opened: Opened): void;
  onError(error: Error): void;
  /** An answer other than 101. Returns whether the response has been taken care of. */
  onUnexpectedResponse(request: ClientRequest, response: IncomingMessage): boolean;
  /** A redirect is about to be followed. */
  onRedirect(url: string): void;
}

/** An opening handshake under way. */
export interface ConnectAttempt {
  /** Gives it up; `onError` is told the reason. */
  abort(reason: Error): void;
}

const DEFAULT_MAX_REDIRECTS = 10;

/**
 * Sends a client's opening handshake (RFC 6455 4.1) and reads the answer. Throws {@link InvalidUse}
 * for a URL, subprotocol or option that cannot be used; all else goes to the listener.
 */
export function connect(
  url: URL,
  offer: ClientOffer,
  options: ClientOptions,
  listener: ConnectListener,
): ConnectAttempt {
  assertSubprotocols(offer.protocols);
  const attempt = new Attempt(offer, options, listener);
  attempt.start(url, options.headers ?? {});
  return attempt;
}

type Headers = Readonly<Record<string, number | string | readonly string[] | undefined>>;

class Attempt implements ConnectAttempt {
  readonly #offer: ClientOffer;
  readonly #options: ClientOptions;
  readonly #listener: ConnectListener;
  readonly #key = randomBytes(16).toString('base64');
  #request: ClientRequest | undefined;
  /** The connection, once it has been upgraded: the request lets go of it. */
  #transport: Duplex | undefined;
  #deadline: Deadline | undefined;
  #redirectsLeft: number;
  #auth: string | null | undefined;
  #isOver = false;

  constructor(offer: ClientOffer, options: ClientOptions, listener: ConnectListener) {
    this.#offer = offer;
    this.#options = options;
    this.#listener = listener;
    this.#auth = options.auth;
    this.#redirectsLeft = options.followRedirects
      ? (options.maxRedirects ?? DEFAULT_MAX_REDIRECTS)
      : 0;
    const timeout = durationOf(
      'handshakeTimeout',
      options.handshakeTimeout,
      DEFAULT_HANDSHAKE_TIMEOUT,
    );
    if (timeout > 0) {
      this.#deadline = new Deadline(timeout, () => {
        this.abort(new Error(`the opening handshake took longer than ${timeout} ms`));
      });
    }
  }

  start(url: URL, headers: Headers): void {
    try {
      this.#send(url, headers);
    } catch (error) {
      this.#settle();
      throw error;
    }
  }

  abort(reason: Error): void {
    this.#fail(reason);
    this.#request?.destroy();
    this.#transport?.destroy();
  }

  #send(url: URL, headers: Headers): void {
    const request = this.#createRequest(url, headers);
    this.#request = request;
    request.on('upgrade', (response, transport, head) => this.#open(response, transport, head));
    request.on('response', (response) => this.#readResponse(url, headers, request, response));
    request.on('error', (error) => {
      if (request === this.#request) this.#fail(error);
    });
    request.end();
  }

  #createRequest(url: URL, headers: Headers): ClientRequest {
    const isSecure = url.protocol === 'wss:';
    const { origin } = this.#options;
    const { protocols, deflate } = this.#offer;
    return (isSecure ? requestHttps : requestHttp)({
      ...this.#options,
      timeout: undefined,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port || (isSecure ? 443 : 80),
      path: url.pathname + url.search,
      auth: authOf(url) ?? this.#auth,
      headers: {
        ...headers,
        ...(origin === undefined ? {} : { Origin: origin }),
        ...(deflate && { 'Sec-WebSocket-Extensions': writeDeflateOffer(deflate) }),
        ...(protocols.length > 0 && { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
        'Sec-WebSocket-Version': WEB_SOCKET_VERSION,
        'Sec-WebSocket-Key': this.#key,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
      },
    });
  }

  #open(response: IncomingMessage, transport: Duplex, head: Buffer): void {
    if (this.#isOver) {
      transport.destroy();
      return;
    }
    this.#transport = transport;
    const agreed = this.#tryTo(() => this.#readAgreement(response));
    if (agreed === undefined) {
      transport.destroy();
      return;
    }
    this.#settle();
    this.#listener.onOpened({ transport, head, response, ...agreed });
  }

  #readAgreement(response: IncomingMessage): Pick<Opened, 'protocol' | 'deflate'> {
    const { protocols, deflate } = this.#offer;
    const { protocol, extensions } = readUpgradeResponse(response, this.#key, protocols);
    return { protocol, deflate: readDeflateAnswer(extensions, deflate) };
  }

  #readResponse(
    url: URL,
    headers: Headers,
    request: ClientRequest,
    response: IncomingMessage,
  ): void {
    const location = redirectOf(response);
    if (location !== undefined && this.#redirectsLeft > 0) {
      this.#redirectsLeft--;
      request.destroy();
      this.#follow(url, headers, location);
      return;
    }
    if (this.#listener.onUnexpectedResponse(request, response)) {
      // The request is the listener's now, and so is its time; `close` still gives it up.
      this.#deadline?.clear();
      return;
    }
    // Its own: once the response has been read, an agent may have lent it to another request.
    const { socket } = response;
    readRefusal(response, (refusal) => {
      socket.destroy();
      this.#fail(refusal);
    });
  }

  #follow(from: URL, headers: Headers, location: string): void {
    const to = this.#tryTo(() => {
      return readWebSocketUrl(new URL(location, from.href.replace(/^ws/, 'http')));
    });
    if (to === undefined) return;
    const keepsCredentials = isSameOrigin(from, to);
    if (!keepsCredentials) this.#auth = undefined;
    try {
      this.#listener.onRedirect(to.href);
    } finally {
      // Whatever a listener throws, the attempt goes on, and ends in one of the ways it can.
      if (!this.#isOver) {
        this.#tryTo(() => this.#send(to, keepsCredentials ? headers : withoutCredentials(headers)));
      }
    }
  }

  /** What a step gives; one that throws fails the attempt, so no listener is told in here. */
  #tryTo<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#settle();
    this.#listener.onError(error);
  }

  #settle(): void {
    this.#isOver = true;
    this.#deadline?.clear();
  }
}

/**
 * RFC 6455 4.1: they "MUST be non-empty strings with characters in the range U+0021 to U+007E not
 * including separator characters ... and MUST all be unique strings".
 */
function assertSubprotocols(protocols: readonly string[]): void {
  for (const [at, protocol] of protocols.entries()) {
    if (isToken(protocol) && protocols.indexOf(protocol) === at) continue;
    throw new InvalidUse(`subprotocol "${protocol}" is not a token, or was given twice`);
  }
}

function redirectOf(response: IncomingMessage): string | undefined {
  const status = response.statusCode ?? 0;
  return status >= 300 && status < 400 ? response.headers.location : undefined;
}

/** What was meant for one server is not handed to another. */
function withoutCredentials(headers: Headers): Headers {
  const secret = ['authorization', 'cookie', 'host'];
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase())),
  );
}

function authOf(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    throw new InvalidUse('the user or password in the URL is not percent-encoded as it should be');
  }
}
