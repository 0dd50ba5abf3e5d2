import type { EventEmitter } from 'node:events';
import type { WebSocketEventMap } from './web-socket-events.js';

/** What browser-style listeners need of a WebSocket. */
export interface DomSource extends EventEmitter<WebSocketEventMap> {
  readonly binaryType: 'nodebuffer' | 'arraybuffer';
  readonly wasClean: boolean;
}

/** The event types of the browser's WebSocket. */
export type DomEventType = 'open' | 'message' | 'error' | 'close';

/**
 * What a browser-style listener is given: the fields of Event, MessageEvent, CloseEvent and
 * ErrorEvent that apply.
 */
export interface DomEvent {
  /** Which event it is. */
  readonly type: DomEventType;
  /** The socket. */
  readonly target: DomSource;
  /** `message`: a string, or bytes as `binaryType` says. */
  readonly data?: string | Buffer | ArrayBuffer;
  /** `close`: the peer's code; 1005 if it gave none, 1006 if it sent no Close frame. */
  readonly code?: number;
  /** `close`: the peer's reason; empty if it gave none. */
  readonly reason?: string;
  /** `close`: whether both ends have sent a Close frame. */
  readonly wasClean?: boolean;
  /** `error`: what went wrong. */
  readonly error?: Error;
  /** `error`: the text of that. */
  readonly message?: string;
}

/** A browser-style listener: a function, or an object with `handleEvent`. */
export type DomListener = ((event: DomEvent) => void) | { handleEvent(event: DomEvent): void };

interface Registration {
  readonly type: DomEventType;
  readonly listener: DomListener;
  /** Set as `on<type>`, and not with `addEventListener`. */
  readonly isAttribute: boolean;
  /** It is called once only. */
  readonly once: boolean;
  /** The listener that is registered on the emitter for it. */
  readonly relay: (...values: unknown[]) => void;
}

/**
 * The browser-style listeners of one socket. Each is called by a listener of its own on the
 * emitter.
 */
export class DomListeners {
  readonly #socket: DomSource;
  readonly #registrations: Registration[] = [];

  constructor(socket: DomSource) {
    this.#socket = socket;
  }

  add(type: DomEventType, listener: DomListener, once: boolean): void {
    if (this.#find(type, listener) !== undefined) return;
    this.#register({ type, listener, once, isAttribute: false });
  }

  remove(type: DomEventType, listener: DomListener): void {
    this.#unregister(this.#find(type, listener));
  }

  /** The listener set as `on<type>`. */
  attribute(type: DomEventType): DomListener | null {
    return this.#findAttribute(type)?.listener ?? null;
  }

  setAttribute(type: DomEventType, listener: DomListener | null): void {
    this.#unregister(this.#findAttribute(type));
    if (listener !== null) this.#register({ type, listener, once: false, isAttribute: true });
  }

  #register(given: Omit<Registration, 'relay'>): void {
    const { type, listener, once } = given;
    const relay = (...values: unknown[]): void => {
      // The emitter calls all listeners it had when the event began, and one of them may have
      // removed this one.
      if (!this.#registrations.includes(registration)) return;
      if (once) this.#unregister(registration);
      callListener(this.#socket, type, listener, values);
    };
    const registration: Registration = { ...given, relay };
    this.#registrations.push(registration);
    this.#socket.on(type, relay);
  }

  #unregister(registration: Registration | undefined): void {
    if (registration === undefined) return;
    this.#registrations.splice(this.#registrations.indexOf(registration), 1);
    this.#socket.off(registration.type, registration.relay);
  }

  #find(type: DomEventType, listener: DomListener): Registration | undefined {
    return this.#registrations.find(
      (each) => each.type === type && each.listener === listener && !each.isAttribute,
    );
  }

  #findAttribute(type: DomEventType): Registration | undefined {
    return this.#registrations.find((each) => each.type === type && each.isAttribute);
  }
}

function callListener(
  socket: DomSource,
  type: DomEventType,
  listener: DomListener,
  values: readonly unknown[],
): void {
  const event: DomEvent = { type, target: socket, ...fieldsOf(socket, type, values) };
  if (typeof listener === 'function') listener.call(socket, event);
  else listener.handleEvent(event);
}

function fieldsOf(
  socket: DomSource,
  type: DomEventType,
  [first, second]: readonly unknown[],
): Omit<DomEvent, 'type' | 'target'> {
  switch (type) {
    case 'message':
      return { data: toBinaryType(socket, first as string | Buffer) };
    case 'close':
      return { code: first as number, reason: second as string, wasClean: socket.wasClean };
    case 'error':
      return { error: first as Error, message: (first as Error).message };
    case 'open':
      return {};
  }
}

function toBinaryType(socket: DomSource, data: string | Buffer): string | Buffer | ArrayBuffer {
  if (typeof data === 'string' || socket.binaryType === 'nodebuffer') return data;
  return new Uint8Array(data).buffer;
}
