import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Deadline } from '../deadline.js';
import { readReason } from './refusal-reason.js';
import { readRetryAfter } from './retry-after.js';

/** How many bytes of the body are kept: enough for any message that is meant to be read. */
const MAX_BODY = 16 * 1024;

/** Milliseconds the body may take: the status, which says whether to try again, is known already. */
const MAX_BODY_MS = 1_000;

/**
 * The server answered the opening handshake with a status other than 101. The message has what the
 * body says where that is a line.
 */
export class UnexpectedResponse extends Error {
  override readonly name = 'UnexpectedResponse';
  /** The HTTP status. */
  readonly statusCode: number;
  /** Those of the response. */
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds after which the server wants it tried again (`Retry-After`), if it said so. */
  readonly retryAfterMs: number | undefined;
  /** The body as text, or its first 16 KiB, or what came of it within a second. */
  readonly body: string;

  constructor(response: IncomingMessage, body: string) {
    const reason = readReason(response.headers['content-type'], body);
    const said = reason === '' ? '' : `: ${reason}`;
    super(`the server answered the opening handshake with ${response.statusCode}, not 101${said}`);
    this.statusCode = response.statusCode ?? 0;
    this.headers = response.headers;
    this.retryAfterMs = readRetryAfter(response.headers['retry-after'], Date.now());
    this.body = body;
  }
}

/**
 * Reads the response to a refused handshake, its body up to {@link MAX_BODY} bytes and for
 * {@link MAX_BODY_MS}.
 */
export function readRefusal(
  response: IncomingMessage,
  done: (refusal: UnexpectedResponse) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    deadline.clear();
    response.removeAllListeners('data').off('close', finish);
    done(new UnexpectedResponse(response, Buffer.concat(chunks).toString('utf8', 0, MAX_BODY)));
  };
  const deadline = new Deadline(MAX_BODY_MS, finish);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY) finish();
  });
  response.on('close', finish);
}
