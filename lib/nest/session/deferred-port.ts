import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import { READY_STATE } from '../../socket/ready-state.js';
import type { SessionPort } from './session-port.js';

/**
 * The port of a session until its connection exists: a connection is made with its handler, so the
 * session comes first. Before `attach` it is connecting, and what is sent is dropped.
 */
export class DeferredPort implements SessionPort {
  #port: SessionPort | undefined = undefined;

  attach(port: SessionPort): void {
    this.#port = port;
  }

  get readyState(): number {
    return this.#port?.readyState ?? READY_STATE.CONNECTING;
  }

  get bufferedAmount(): number {
    return this.#port?.bufferedAmount ?? 0;
  }

  get sentBytes(): number {
    return this.#port?.sentBytes ?? 0;
  }

  get shedsPushes(): boolean {
    return this.#port?.shedsPushes === true;
  }

  addHeldBytes(bytes: number): void {
    this.#port?.addHeldBytes(bytes);
  }

  send(data: string | Uint8Array): void {
    this.#port?.send(data);
  }

  sendPrepared(message: PreparedMessage): void {
    this.#port?.sendPrepared(message);
  }

  flush(): void {
    this.#port?.flush();
  }

  ping(payload: Uint8Array): void {
    this.#port?.ping(payload);
  }

  pause(): void {
    this.#port?.pause();
  }

  resume(): void {
    this.#port?.resume();
  }

  close(code: number, reason: string): void {
    this.#port?.close(code, reason);
  }

  terminate(): void {
    this.#port?.terminate();
  }
}
