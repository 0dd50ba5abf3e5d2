import type { Duplex } from 'node:stream';
import { type WriteCallback, writeTogether } from './write-together.js';

/**
 * The most bytes that a stream is given at once. How many of them have left does not show until all
 * have: a peer that reads must be seen to do so. And TLS keeps a second copy of them meanwhile.
 */
export const PIECE_LENGTH = 64 * 1024;

/** Buffers of {@link PIECE_LENGTH} bytes in all, or of fewer at the end of a write. */
interface Piece {
  readonly parts: Buffer[];
  length: number;
  /** Of the last piece of a write. */
  callback?: WriteCallback;
}

/**
 * The large writes of a stream, piece by piece: it is given each when it has
 * done with the one before.
 */
export class PieceQueue {
  readonly #stream: Duplex;
  #pieces: Piece[] = [];
  #byteLength = 0;
  #endsAfter = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that the stream has not been given. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Writes behind what waits. */
  write(parts: readonly Buffer[], callback: WriteCallback): void {
    const isWaiting = this.#byteLength > 0;
    const pieces = cut(parts);
    pieces[pieces.length - 1].callback = callback;
    for (const piece of pieces) {
      this.#byteLength += piece.length;
      this.#pieces.push(piece);
    }
    if (!isWaiting) this.#writeNext();
  }

  /** Ends the stream behind what waits. */
  end(): void {
    this.#endsAfter = true;
    if (this.#byteLength === 0) this.#stream.end();
  }

  /** Writes a piece, and the next ones for as long as the stream takes each at once. */
  #writeNext(): void {
    do {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      this.#byteLength -= piece.length;
      writeTogether(this.#stream, piece.parts, (error) => this.#onWritten(piece, error));
    } while (this.#stream.writableLength === 0);
    if (this.#endsAfter) this.end();
  }

  #onWritten({ callback }: Piece, error: Error | null | undefined): void {
    if (error != null || this.#stream.destroyed) this.#lose(error);
    else if (this.#stream.writableLength === 0) this.#writeNext();
    callback?.(error);
  }

  #lose(error: Error | null | undefined): void {
    const lost = this.#pieces;
    this.#pieces = [];
    this.#byteLength = 0;
    for (const { callback } of lost) callback?.(error);
  }
}

function cut(parts: readonly Buffer[]): Piece[] {
  const pieces: Piece[] = [];
  let piece: Piece | undefined;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      if (piece === undefined || piece.length === PIECE_LENGTH) {
        piece = { parts: [], length: 0 };
        pieces.push(piece);
      }
      const bytes = part.subarray(at, at + PIECE_LENGTH - piece.length);
      piece.parts.push(bytes);
      piece.length += bytes.length;
      at += bytes.length;
    }
  }
  return pieces;
}
