import { randomBytes } from 'node:crypto';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type DeflateAgreement,
  readDeflateAnswer,
} from '../../protocol/extensions/permessage-deflate/negotiation.js';
import { readUpgradeResponse } from '../../protocol/handshake/upgrade-response.js';
import type { ClientOptions } from './client-options.js';
import { Deadline } from '../deadline.js';
import {
  assertSubprotocols,
  type ClientOffer,
  createOpeningRequest,
  type OpeningTarget,
} from './opening-request.js';
import { redirectOf, resolveRedirect, withoutCredentials } from './redirect.js';
import { DEFAULT_HANDSHAKE_TIMEOUT, durationOf } from '../socket-options.js';
import { readRefusal } from './unexpected-response.js';
import { isSameOrigin } from './web-socket-url.js';

/** The result of a successful opening handshake. */
export interface Opened {
  readonly transport: Duplex;
  /** Bytes that arrived directly after the response. */
  readonly head: Buffer;
  readonly response: IncomingMessage;
  readonly protocol: string;
  readonly deflate: DeflateAgreement | undefined;
}

/** Is told how an attempt ends, by one of the first two, once. */
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
  /** Gives it up; `onError` gets the reason. */
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
  attempt.start({ url, headers: options.headers ?? {}, auth: options.auth });
  return attempt;
}

class Attempt implements ConnectAttempt {
  readonly #offer: ClientOffer;
  readonly #options: ClientOptions;
  readonly #listener: ConnectListener;
  readonly #key = randomBytes(16).toString('base64');
  #request: ClientRequest | undefined;
  /** The socket once it has been upgraded: destroying the request does not destroy it any more. */
  #transport: Duplex | undefined;
  #deadline: Deadline | undefined;
  #redirectsLeft: number;
  #isOver = false;

  constructor(offer: ClientOffer, options: ClientOptions, listener: ConnectListener) {
    this.#offer = offer;
    this.#options = options;
    this.#listener = listener;
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

  start(target: OpeningTarget): void {
    try {
      this.#send(target);
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

  #send(target: OpeningTarget): void {
    const request = createOpeningRequest(target, this.#key, this.#offer, this.#options);
    this.#request = request;
    request.on('upgrade', (response, transport, head) => this.#open(response, transport, head));
    request.on('response', (response) => this.#readResponse(target, request, response));
    request.on('error', (error) => {
      // A redirect destroys its request, which is then not the current one any more.
      if (request === this.#request) this.#fail(error);
    });
    request.end();
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

  #readResponse(target: OpeningTarget, request: ClientRequest, response: IncomingMessage): void {
    const location = redirectOf(response);
    if (location !== undefined && this.#redirectsLeft > 0) {
      this.#redirectsLeft--;
      request.destroy();
      this.#follow(target, location);
      return;
    }
    if (this.#listener.onUnexpectedResponse(request, response)) {
      // The request is the listener's from now on and has no deadline; `abort` still ends it.
      this.#deadline?.clear();
      return;
    }
    // Read now: once the response has been read to its end, an agent may give its
    // socket to another request.
    const { socket } = response;
    readRefusal(response, (refusal) => {
      socket.destroy();
      this.#fail(refusal);
    });
  }

  #follow(from: OpeningTarget, location: string): void {
    const url = this.#tryTo(() => resolveRedirect(location, from.url));
    if (url === undefined) return;
    try {
      this.#listener.onRedirect(url.href);
    } finally {
      // Even if a listener throws, the attempt goes on to one of its outcomes.
      if (!this.#isOver) this.#tryTo(() => this.#send(redirected(from, url)));
    }
  }

  /**
   * Returns what `step` returns; if it throws, the attempt fails. No code of the
   * application may run in it.
   */
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

function redirected(from: OpeningTarget, url: URL): OpeningTarget {
  if (isSameOrigin(from.url, url)) return { ...from, url };
  return { url, headers: withoutCredentials(from.headers), auth: undefined };
}
