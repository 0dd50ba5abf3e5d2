import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import { WSGATE_CLOSE_CODE } from '../../protocol/wsgate/close-codes.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import type { ClientRequest } from '../../protocol/wsgate/read-client-message.js';
import type { ConnectionHandler } from '../../socket/connection-handler.js';
import type { CompiledHandler } from '../pipeline/compiled-handler.js';
import type { LiveConnections } from '../push/live-connections.js';
import { type EncodedPush, PushGate, type PushGateOwner } from './push-gate.js';
import { WsConnection } from '../connection/ws-connection.js';
import type { WsHandshake } from '../connection/ws-handshake.js';
import type { WsConnectionLink, WsDrainNotice } from '../connection/ws-connection-link.js';
import type { WsClose } from '../connection/ws-hooks.js';
import { Admission, type AdmissionOwner } from './admission.js';
import type { CallRunnerOwner } from './calls/call-runner.js';
import { Calls } from './calls/calls.js';
import { GoawayPing } from './goaway-ping.js';
import { ClientRate } from './rate/client-rate.js';
import { drainSession } from './drain-session.js';
import { type IdleOwner, IdleWatch } from './idle-watch.js';
import { MessageSender, type MessageSenderOwner } from './message-sender.js';
import { type OutputEvents, OutputWatch } from './output-watch.js';
import { ReadGate, STOP_READING } from './read-gate.js';
import { readRequest } from './codec/read-request.js';
import type { SessionLimits } from './session-limits.js';
import type { SessionPort } from './session-port.js';
import type { SessionRecheck } from './session-recheck.js';
import { ConnectionReporter } from '../errors/connection-reporter.js';
import type { SessionReporter } from '../errors/session-reporter.js';

/** What a session is made of. */
export interface SessionSetup {
  readonly handshake: WsHandshake;
  readonly codec: WsCodec;
  readonly limits: SessionLimits;
  readonly reporter: SessionReporter;
  readonly live: LiveConnections;
  /** Checks again whether the client may stay; absent: it is never checked. */
  readonly recheck?: SessionRecheck | undefined;
  /**
   * Runs the close hooks. The connection has left its rooms, but still names them. If this throws,
   * it is logged.
   */
  onClose(connection: WsConnection, close: WsClose): void;
}

/**
 * Makes a session's connection, with the session as its handler. Nothing may arrive on it before this
 * has returned. The session does not keep the function, nor what that refers to.
 */
export type OpenPort = (handler: ConnectionHandler) => SessionPort;

/**
 * `wsgate.v1` on one connection: reads what the client asks for, runs it, and sends the outcome. What
 * arrives waits until the open hooks have run and the session is opened with {@link open}.
 */
export class Session
  implements
    ConnectionHandler,
    WsConnectionLink,
    AdmissionOwner,
    OutputEvents,
    CallRunnerOwner,
    MessageSenderOwner,
    IdleOwner,
    PushGateOwner
{
  readonly connection: WsConnection;
  readonly codec: WsCodec;
  readonly #setup: SessionSetup;
  readonly #port: SessionPort;
  readonly #gate: ReadGate;
  readonly #reporter: ConnectionReporter;
  readonly #sender: MessageSender;
  readonly #watch: OutputWatch;
  readonly #idle: IdleWatch | undefined;
  readonly #pushes: PushGate;
  readonly #calls: Calls;
  readonly #admission: Admission;
  readonly #rate: ClientRate;
  /** From the first `goaway` on. */
  #goawayPing: GoawayPing | undefined = undefined;
  #phase: 'opening' | 'open' | 'closing' | 'closed' = 'opening';

  constructor(setup: SessionSetup, openPort: OpenPort) {
    const { limits, codec, handshake } = setup;
    const { highWaterMark, stallTimeout, idleTimeout } = limits;
    this.#setup = setup;
    this.codec = codec;
    this.#port = openPort(this);
    this.#gate = new ReadGate(this.#port);
    this.connection = new WsConnection(handshake, this, setup.live.rooms);
    this.#reporter = new ConnectionReporter(setup.reporter, handshake.id);
    this.#sender = new MessageSender(this.#port, codec, this.#reporter, this);
    const roomBelow = Math.min(highWaterMark, limits.push.highWaterMark);
    // It is the owner of its parts itself: closures for each of them were 500 bytes of an idle
    // session.
    this.#watch = new OutputWatch(this.#port, roomBelow, stallTimeout, this);
    if (idleTimeout > 0) this.#idle = new IdleWatch(idleTimeout, this);
    this.#pushes = new PushGate(this.#port, limits.push, this);
    this.#calls = this.#createCalls();
    this.#admission = this.#createAdmission();
    this.#rate = new ClientRate(limits, this.#calls);
    setup.live.add(this.connection);
  }

  /**
   * The open hooks have finished: handles what has arrived meanwhile, and from now on each message
   * as it comes.
   */
  open(handlers: ReadonlyMap<string, CompiledHandler>): void {
    if (this.#phase !== 'opening') return;
    this.#calls.use(handlers);
    this.#phase = 'open';
    this.#idle?.touch();
    this.#admission.open();
  }

  /**
   * Handlers that run or wait for their turn. Also counts one while the first message waits for the
   * open hooks or for a recheck.
   */
  get callsInFlight(): number {
    return this.#calls.callsInFlight.value;
  }

  /** Streams that are open. */
  get streamsInFlight(): number {
    return this.#calls.streamsInFlight.value;
  }

  get bufferedAmount(): number {
    return this.#port.bufferedAmount;
  }

  get readyState(): number {
    return this.#port.readyState;
  }

  get drainTimeout(): number {
    return this.#setup.limits.drainTimeout;
  }

  get closeTimeout(): number {
    return this.#setup.limits.closeTimeout;
  }

  get droppedPushes(): number {
    return this.#pushes.droppedCount;
  }

  push(type: string, message: EncodedPush): void {
    this.#pushes.push(type, message);
  }

  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#port.close(code, reason);
    this.#phase = 'closing';
    // Nothing more is done for somebody who has been logged out.
    this.#calls.withdraw();
    this.#stop();
  }

  terminate(): void {
    this.#port.terminate();
  }

  /**
   * May be called again while it runs: the first call to finish closes the session, and so ends the
   * others.
   */
  async drain(notice: WsDrainNotice): Promise<void> {
    const { timeout: afterMs, reason } = notice;
    if (this.#isOver) return;
    this.#sender.sendOrReport(
      reason === undefined ? { op: 'goaway', afterMs } : { op: 'goaway', afterMs, reason },
    );
    const { callsInFlight: calls, streamsInFlight: streams } = this.#calls;
    const stopReading = (): void => this.#gate.stop(STOP_READING.DRAIN);
    // One ping for all drains: what matters is that the client has seen the first `goaway`.
    this.#goawayPing ??= new GoawayPing(this.#port);
    const caughtUp = this.#goawayPing.answered;
    await drainSession({ calls, streams, caughtUp, stopReading }, notice);
    this.close(CLOSE_CODE.GOING_AWAY, reason ?? 'the server goes away');
  }

  onMessage(data: string | Uint8Array, isBinary: boolean): void {
    if (this.isOpen && !this.#admission.isHolding) this.handle(data, isBinary);
    else if (this.isOpen || this.#phase === 'opening') this.#admission.queue(data, isBinary);
  }

  /** Called by the connection, which has sent the pong already. */
  onPing(): void {
    this.#countControl();
  }

  onPong(payload: Uint8Array): void {
    this.#countControl();
    this.#goawayPing?.onPong(payload);
  }

  onDrain(): void {
    this.#watch.drained();
  }

  onError(error: Error): void {
    this.#reporter.noteBreach(error.message);
  }

  onClose(code: number, reason: string, wasClean: boolean): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#stop();
    // Before the close hooks: one that tells a room who is left must not count this connection.
    this.#setup.live.delete(this.connection);
    try {
      this.#setup.onClose(this.connection, { code, reason, wasClean });
    } catch (exception) {
      this.#reporter.reportUnsent(exception, 'a close hook');
    }
  }

  /** Called by the admission. */
  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Called by the admission: it is this message's turn. */
  handle(data: string | Uint8Array, isBinary: boolean): void {
    const request = readRequest(data, isBinary, this.codec, this.#setup.limits.maxValues);
    switch (this.#rate.judge(request)) {
      case 'handle':
        this.#dispatch(request, data.length);
        break;
      case 'refuse':
        this.#calls.refuseForRate(request, this.#rate.retryAfterMs);
        break;
      case 'close':
        return this.#onFlood('too many messages');
    }
    // Also after a refusal: a client that does not read its answers must not cause more of them.
    const { push } = this.#setup.limits;
    if (!this.#watch.hasRoomBelow(push.highWaterMark)) this.#gate.stop(STOP_READING.OUTPUT);
  }

  /** Called by the calls: there may be a place for one more. */
  onPlace(): void {
    this.#admission.onPlace();
  }

  /** Called by the calls. */
  addHeldBytes(bytes: number): void {
    this.#port.addHeldBytes(bytes);
  }

  /** Called by the calls. */
  hasRoom(): boolean {
    return this.#watch.hasRoomBelow(this.#setup.limits.highWaterMark);
  }

  /** Called by the output watch. */
  onRoom(): void {
    this.#gate.allow(STOP_READING.OUTPUT);
    this.#pushes.flush();
    this.#calls.wakeStreams();
  }

  /** Called by the output watch. */
  onStalled(): void {
    this.#giveUp(
      WSGATE_CLOSE_CODE.TOO_SLOW,
      'nothing was read until the stall timeout passed',
      'too slow',
    );
  }

  /** Called by the idle watch: something is still being done for the client. */
  get isBusy(): boolean {
    return this.callsInFlight > 0 || this.streamsInFlight > 0;
  }

  /** Called by the idle watch. */
  onIdle(): void {
    this.close(CLOSE_CODE.GOING_AWAY, 'idle');
  }

  /** Called by the sender. */
  onErrorSent(code: string): void {
    this.#setup.live.stats.errors.add(code);
  }

  /** Called by the sender: the client would wait for ever, so it learns at least that it need not. */
  onUnanswerable(): void {
    this.close(CLOSE_CODE.INTERNAL_ERROR, 'a call cannot be answered');
  }

  /** Called by the sender and the push gate. */
  onSent(length: number): void {
    this.#watch.sent(length);
  }

  /** Called by the push gate. */
  onPushWaiting(): void {
    this.#watch.wait();
  }

  /** Called by the push gate. */
  onPushOverrun(): void {
    this.#giveUp(CLOSE_CODE.TRY_AGAIN_LATER, 'pushes came faster than they were read');
  }

  /** Called by the push gate. */
  onPushesDropped(count: number): void {
    this.#setup.live.stats.dropPushes(count);
  }

  #createCalls(): Calls {
    return new Calls({
      connection: this.connection,
      sender: this.#sender,
      limits: this.#setup.limits,
      reporter: this.#reporter,
      owner: this,
      context: this.#port.context,
    });
  }

  #createAdmission(): Admission {
    return new Admission({
      owner: this,
      port: this.#port,
      gate: this.#gate,
      calls: this.#calls,
      limits: this.#setup.limits,
      recheck: this.#setup.recheck,
    });
  }

  #dispatch(request: ClientRequest, size: number): void {
    switch (request.kind) {
      case 'call':
      case 'event':
        this.#idle?.touch();
        return this.#admission.admit(request, size);
      case 'credit':
        return this.#calls.addCredit(request.id, request.n);
      case 'cancel':
        return this.#calls.cancel(request.id);
      case 'ping':
        return this.#sender.sendOrReport({ op: 'pong' });
      case 'bad':
        return this.#calls.refuseBad(request.id, request.problem);
    }
  }

  #countControl(): void {
    if (this.#rate.allowsControl()) return;
    this.#onFlood('too many pings and pongs');
  }

  #onFlood(breach: string): void {
    this.#giveUp(WSGATE_CLOSE_CODE.TOO_MANY, breach);
  }

  #giveUp(code: number, breach: string, reason = breach): void {
    if (this.#isOver) return;
    this.#reporter.noteBreach(breach);
    this.close(code, reason);
  }

  get #isOver(): boolean {
    return this.#phase === 'closing' || this.#phase === 'closed';
  }

  #stop(): void {
    this.#admission.clear();
    this.#setup.recheck?.stop();
    this.#goawayPing?.stop();
    this.#watch.stop();
    this.#idle?.stop();
    this.#pushes.close();
    this.#calls.close();
    this.#gate.release();
  }
}
