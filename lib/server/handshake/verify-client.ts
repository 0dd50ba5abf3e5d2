import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import { Deadline } from '../../socket/deadline.js';
import { refuseForNow } from '../upgrade/refuse-for-now.js';

/** What a {@link VerifyClient} is told about an upgrade. */
export interface VerifyClientInfo {
  /** The Origin header, if there was one. */
  readonly origin: string | undefined;
  /** The connection is encrypted. */
  readonly secure: boolean;
  /** The upgrade request: its URL, headers and `socket.remoteAddress`. */
  readonly req: IncomingMessage;
}

/**
 * The answer of a {@link VerifyClient}: whether to go on, and if not, how
 * to refuse (401 by default).
 */
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

/** Goes on with an upgrade, or refuses it. */
type Decide = (refusal: UpgradeRefusal | undefined) => void;

/**
 * Asks `verifyClient`, and calls `done` with its refusal, or with undefined to go on. Fails closed:
 * if it throws or does not answer in time, the upgrade is refused. `onError` gets what it throws.
 */
export function verifyClient(
  options: VerifyClientOptions,
  request: IncomingMessage,
  done: Decide,
  onError: (error: unknown) => void,
): void {
  if (options.verifyClient === undefined) {
    done(undefined);
    return;
  }
  const decide = decideOnce(done, request, options.handshakeTimeout);
  ask(options.verifyClient, infoOf(request), decide, (error) => {
    decide({ status: 500, reason: 'the handshake could not be verified', headers: {} });
    onError(error);
  });
}

/**
 * What it answers before it returns is decided after that, outside of the try block: what the
 * application throws when it gets its socket is not a failed check.
 */
function ask(
  verify: (info: VerifyClientInfo, answer: VerifyClientAnswer) => unknown,
  info: VerifyClientInfo,
  decide: Decide,
  fail: (error: unknown) => void,
): void {
  const early: Parameters<VerifyClientAnswer>[] = [];
  let answer: VerifyClientAnswer = (...said) => void early.push(said);
  let result: unknown;
  try {
    result = verify(info, (...said) => answer(...said));
  } catch (error) {
    fail(error);
    return;
  }
  answer = (...said) => decide(refusalOf(...said));
  for (const said of early) answer(...said);
  if (verify.length >= 2) {
    if (result instanceof Promise) result.catch(fail);
  } else if (result instanceof Promise) {
    void result.then((isAllowed) => answer(isAllowed === true), fail);
  } else answer(result === true);
}

function refusalOf(
  isAllowed: boolean,
  status = 401,
  reason = 'refused',
  headers: UpgradeRefusal['headers'] = {},
): UpgradeRefusal | undefined {
  return isAllowed ? undefined : { status, reason, headers };
}

/** Decides by the first answer; if there is none in time, refuses. */
function decideOnce(done: Decide, request: IncomingMessage, timeout: number): Decide {
  let isDecided = false;
  const decide: Decide = (refusal) => {
    if (isDecided) return;
    isDecided = true;
    stopWaiting();
    request.socket.off('close', stopWaiting);
    done(refusal);
  };
  const late = refuseForNow(503, 'the handshake took too long');
  const deadline = timeout > 0 ? new Deadline(timeout, () => decide(late)) : undefined;
  const stopWaiting = (): void => deadline?.clear();
  request.socket.once('close', stopWaiting);
  return decide;
}

function infoOf(request: IncomingMessage): VerifyClientInfo {
  const { origin } = request.headers;
  const secure = (request.socket as Partial<TLSSocket>).encrypted === true;
  return { origin, secure, req: request };
}
