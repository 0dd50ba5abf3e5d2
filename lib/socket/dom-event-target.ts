import { EventEmitter } from 'node:events';
import { type DomEventType, type DomListener, DomListeners, type DomSource } from './dom-events.js';
import type { WebSocketEventMap } from './web-socket-events.js';

/**
 * The browser's way to listen, beside the emitter's `on`: `addEventListener`, and
 * `onmessage` and the like.
 */
export abstract class DomEventTarget extends EventEmitter<WebSocketEventMap> implements DomSource {
  /**
   * How `addEventListener` and `onmessage` deliver binary messages; `on('message')` always gives a
   * Buffer. Default `nodebuffer`.
   */
  binaryType: 'nodebuffer' | 'arraybuffer' = 'nodebuffer';

  /** Made with the first listener: most sockets are listened to with `on`. */
  #listeners: DomListeners | undefined;

  abstract get wasClean(): boolean;

  /** Listens as a browser would; the same listener is added once per type. */
  addEventListener(
    type: DomEventType,
    listener: DomListener,
    options: { readonly once?: boolean } = {},
  ): void {
    this.#dom.add(type, listener, options.once ?? false);
  }

  removeEventListener(type: DomEventType, listener: DomListener): void {
    this.#dom.remove(type, listener);
  }

  get onopen(): DomListener | null {
    return this.#dom.attribute('open');
  }
  set onopen(listener: DomListener | null) {
    this.#dom.setAttribute('open', listener);
  }

  get onmessage(): DomListener | null {
    return this.#dom.attribute('message');
  }
  set onmessage(listener: DomListener | null) {
    this.#dom.setAttribute('message', listener);
  }

  get onerror(): DomListener | null {
    return this.#dom.attribute('error');
  }
  set onerror(listener: DomListener | null) {
    this.#dom.setAttribute('error', listener);
  }

  get onclose(): DomListener | null {
    return this.#dom.attribute('close');
  }
  set onclose(listener: DomListener | null) {
    this.#dom.setAttribute('close', listener);
  }

  get #dom(): DomListeners {
    return (this.#listeners ??= new DomListeners(this));
  }
}
