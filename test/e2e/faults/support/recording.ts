import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  FIN_CLOSE,
  clientFrame,
  FIN_PING,
  FIN_TEXT,
  upgradeRequest,
} from '../../../socket/support/raw-peer.js';
import { closeBody } from '../../../vectors/wire.js';

const CONTINUATION = 0x00;
const FIN = 0x80;

function text(message: object): Buffer {
  return clientFrame(FIN_TEXT, JSON.stringify(message));
}

/**
 * Everything a client sends in a session: a call, a stream with credit, a message in fragments, a
 * ping, its Close frame.
 */
export class Recording {
  readonly handshake: Buffer;
  readonly bytes: Buffer;

  constructor(path: string) {
    this.handshake = Buffer.from(upgradeRequest({ path }));
    this.bytes = Buffer.concat([
      this.handshake,
      text({ type: 'echo', id: 1, data: 'hello' }),
      text({ type: 'hang', id: 2 }),
      text({ type: 'ticks', id: 3, credit: 2 }),
      text({ op: 'credit', id: 3, n: 2 }),
      clientFrame(FIN_TEXT & ~FIN, '{"type":"echo","id":4'),
      clientFrame(FIN_PING, randomBytes(4)),
      clientFrame(CONTINUATION, ',"data":"in'),
      clientFrame(CONTINUATION | FIN, ' parts"}'),
      clientFrame(FIN_CLOSE, closeBody(1000, 'done')),
    ]);
  }

  /**
   * Sends the first `count` bytes as a client does: nothing behind the handshake request before it
   * has been answered.
   */
  async play(port: number, count = this.bytes.length): Promise<Played> {
    const played = new Played(
      connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }),
    );
    const said = Math.min(count, this.handshake.length);
    await played.say(this.bytes.subarray(0, said));
    if (count <= said) return played;
    await played.whenReceived(1);
    await played.say(this.bytes.subarray(said, count));
    return played;
  }
}

/** A session that has been played so far. */
export class Played {
  received = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly socket: Socket) {
    const wake = (): void => {
      for (const run of this.#waiting.splice(0)) run();
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.received += chunk.length;
      wake();
    });
    socket.on('close', wake);
    socket.on('end', () => socket.end());
  }

  /** Resolves when the kernel has it. */
  say(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, () => setImmediate(resolve));
    });
  }

  /** Resolves when `count` bytes have arrived, or no more will. */
  async whenReceived(count: number): Promise<void> {
    while (this.received < count && !this.socket.destroyed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
