import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { UpgradeRefusal } from '../protocol/handshake/upgrade-refusal.js';
import { Deadline } from '../socket/deadline.js';
import { refuseForNow } from './refuse-for-now.js';

/** What a {@link VerifyClient} is told about an upgrade. */
export interface VerifyClientInfo {
  /** The Origin header, if there was one. */
  readonly origin: string | undefined;
  /** The connection is encrypted. */
  readonly secure: boolean;
  /** The upgrade request: its URL, headers and `socket.remoteAddress`. */
  readonly req: IncomingMessage;
}

/** The answer of a {@link VerifyClient}: whether to go on, and if not, how to refuse (401 by default). */
export type VerifyClientAnswer = (
  isAllowed: boolean,
  status?: number,
  message?: string,
  headers?: Readonly<Record<string, string>>,
) => void;

/**
 * Decides by its return value, or what that resolves to; or, if it takes two parameters, by calling
 * the second.
 */
export type VerifyClient =
  | ((info: VerifyClientInfo) => boolean | Promise<boolean>)
  | ((info: VerifyClientInfo, answer: VerifyClientAnswer) => void);

/** The options of a server that concern its {@link VerifyClient}. */
export interface VerifyClientOptions {
  readonly verifyClient?: VerifyClient;
  /** Milliseconds in which it must answer; 0: no limit. */
  readonly handshakeTimeout: number;
}

/**
 * Asks `verifyClient`, and calls `done` with its refusal, or with undefined to go on. Fails closed:
 * if it throws or does not answer in time, the upgrade is refused. `onError` gets what it throws.
 */
export function verifyClient(
  options: VerifyClientOptions,
  request: IncomingMessage,
  done: (refusal: UpgradeRefusal | undefined) => void,
  onError: (error: unknown) => void,
): void {
  if (options.verifyClient === undefined) {
    done(undefined);
    return;
  }
  const once = answerOnce(done, request, options.handshakeTimeout);
  let isAsking = true;
  const early: (UpgradeRefusal | undefined)[] = [];
  const answer: VerifyClientAnswer = (
    isAllowed,
    status = 401,
    message = 'refused',
    headers = {},
  ) => {
    const refusal = isAllowed ? undefined : { status, reason: message, headers };
    if (isAsking) early.push(refusal);
    else once(refusal);
  };
  const fail = (error: unknown): void => {
    answer(false, 500, 'the handshake could not be verified');
    onError(error);
  };
  const verify = options.verifyClient as (...values: unknown[]) => unknown;
  let result: unknown;
  try {
    result = verify(infoOf(request), answer);
  } catch (error) {
    isAsking = false;
    fail(error);
    return;
  }
  // Outside of the try block: what the application throws when it gets its socket is not a failed
  // check.
  isAsking = false;
  for (const refusal of early) once(refusal);
  if (result instanceof Promise) {
    void result.then((isAllowed) => {
      if (verify.length < 2) answer(isAllowed === true);
    }, fail);
  } else if (verify.length < 2) answer(result === true);
}

function answerOnce(
  done: (refusal: UpgradeRefusal | undefined) => void,
  request: IncomingMessage,
  timeout: number,
): (refusal: UpgradeRefusal | undefined) => void {
  let isAnswered = false;
  const once = (refusal: UpgradeRefusal | undefined): void => {
    if (isAnswered) return;
    isAnswered = true;
    stopWaiting();
    request.socket.off('close', stopWaiting);
    done(refusal);
  };
  const late = refuseForNow(503, 'the handshake took too long');
  const deadline = timeout > 0 ? new Deadline(timeout, () => once(late)) : undefined;
  const stopWaiting = (): void => deadline?.clear();
  request.socket.once('close', stopWaiting);
  return once;
}

function infoOf(request: IncomingMessage): VerifyClientInfo {
  const { origin } = request.headers;
  const secure = (request.socket as Partial<TLSSocket>).encrypted === true;
  return { origin, secure, req: request };
}
