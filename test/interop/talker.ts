/** One end of a connection, whatever library it belongs to. */
export interface Talker {
  /** The subprotocol in use; empty for none. */
  readonly protocol: string;
  /** Whether permessage-deflate is in use, where the library tells. */
  readonly isCompressed: boolean | undefined;
  send(data: string | Buffer): void;
  /** The next message: text as a string, bytes as a Buffer. */
  next(): Promise<string | Buffer>;
  close(code: number, reason: string): void;
  /** Code and reason, once closed. */
  readonly closed: Promise<readonly [number, string]>;
  /** Pings, and resolves to the payload of the pong. Absent where the library cannot. */
  ping?(payload: string): Promise<string>;
  /** Sends a text message in parts. Absent where the library cannot. */
  sendParts?(parts: readonly string[]): void;
}

/** How a client connects. */
export interface TalkerOptions {
  readonly protocols?: readonly string[];
  readonly isCompressed?: boolean;
}

/** A client of some library. */
export interface ClientKind {
  readonly name: string;
  /** Close codes its API lets the application send. */
  readonly closeCodes: readonly number[];
  /** What it answers every Close with, where that is not the code it was sent. */
  readonly closeAnswer?: number;
  connect(url: string, options: TalkerOptions): Promise<Talker>;
}

/** A server of some library that obeys every {@link Command}. */
export interface ServerKind {
  readonly name: string;
  /** Whether it can do permessage-deflate. */
  readonly canCompress: boolean;
  /** Close codes its API lets the application send. */
  readonly closeCodes: readonly number[];
  /** What it answers every Close with, where that is not the code it was sent. */
  readonly closeAnswer?: number;
  start(options: { readonly isCompressed: boolean }): Promise<RunningServer>;
}

export interface RunningServer {
  readonly url: string;
  /** Code and reason of the next connection that closes. */
  nextClose(): Promise<readonly [number, string]>;
  stop(): Promise<void>;
}

/** What was put in comes out, in order, now or later. */
export class Mailbox<T> {
  readonly #waiting: ((value: T) => void)[] = [];
  readonly #values: T[] = [];

  put(value: T): void {
    const wake = this.#waiting.shift();
    if (wake === undefined) this.#values.push(value);
    else wake(value);
  }

  take(): Promise<T> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** A command a server of these tests obeys; every other message is sent back. */
export type Command =
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'parts'; readonly parts: readonly string[] }
  | { readonly do: 'ping'; readonly payload: string };

const MARK = 'command ';

export function writeCommand(command: Command): string {
  return MARK + JSON.stringify(command);
}

export function readCommand(data: string | Buffer): Command | undefined {
  if (typeof data !== 'string' || !data.startsWith(MARK)) return undefined;
  return JSON.parse(data.slice(MARK.length)) as Command;
}

/** What every client and server is sent, each way. */
export const MESSAGES: readonly (readonly [string, string | Buffer])[] = [
  ['empty text', ''],
  ['plain text', 'plain'],
  ['non-ASCII text', 'grün, 漢字, 🙂, \u0000'],
  ['text of 125 bytes', 'x'.repeat(125)],
  ['text of 126 bytes', 'x'.repeat(126)],
  ['text of 65 536 bytes', 'x'.repeat(65_536)],
  ['non-ASCII text of 1 MB', 'ü漢'.repeat(200_000)],
  ['empty bytes', Buffer.alloc(0)],
  ['every byte', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
  ['bytes of 1 MB', Buffer.alloc(1_000_000, 'incompressible? no')],
];

/** Buffers compared as bytes: element by element, a megabyte would take a test framework seconds. */
export function isSame(a: string | Buffer, b: string | Buffer): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}
