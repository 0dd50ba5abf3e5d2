import { ProtocolViolation } from '../../protocol-violation.js';
import { type ExtensionItem, writeExtensionItem } from '../../handshake/extension-header.js';
import type { DeflateOptions } from './deflate-options.js';
import {
  type DeflateParameters,
  PERMESSAGE_DEFLATE,
  readDeflateParameters,
  writeDeflateParameters,
} from './parameters.js';

/** What was agreed, as this endpoint sees it. */
export interface DeflateAgreement {
  /** Window this endpoint compresses with, 8 to 15. */
  readonly ownWindowBits: number;
  /** Whether this endpoint forgets its window after each message. */
  readonly ownNoContextTakeover: boolean;
  /** Of the window that inflates, 8 to 15. */
  readonly peerWindowBits: number;
  /** The peer forgets its window after each message. */
  readonly peerNoContextTakeover: boolean;
  /** The agreement as a `Sec-WebSocket-Extensions` value. */
  readonly header: string;
}

/**
 * The server's side (RFC 7692 5.1): accepts the first offer it can keep, in the client's order of
 * preference. Undefined: none, and the connection is not compressed.
 */
export function acceptDeflateOffer(
  offers: readonly ExtensionItem[],
  options: DeflateOptions,
): DeflateAgreement | undefined {
  for (const { name, parameters } of offers) {
    if (name !== PERMESSAGE_DEFLATE) continue;
    const offer = readDeflateParameters(parameters);
    const answer = offer && answerOffer(offer, options);
    if (answer !== undefined) return agreementOf(answer, 'server');
  }
  return undefined;
}

/** The client's offer, as an item of `Sec-WebSocket-Extensions`. */
export function writeDeflateOffer(options: DeflateOptions): string {
  return headerOf({
    serverNoContextTakeover: options.serverNoContextTakeover ?? false,
    clientNoContextTakeover: options.clientNoContextTakeover ?? false,
    serverMaxWindowBits: options.serverMaxWindowBits,
    // Without a value: "the client supports the parameter", and leaves the choice to the server.
    clientMaxWindowBits: options.clientMaxWindowBits ?? true,
  });
}

/**
 * The client's side: what the server made of the offer. Undefined where it declined; throws
 * {@link ProtocolViolation} where "the client MUST _Fail the WebSocket Connection_" (RFC 7692 7.1).
 */
export function readDeflateAnswer(
  extensions: readonly ExtensionItem[],
  options: DeflateOptions | undefined,
): DeflateAgreement | undefined {
  if (extensions.length === 0) return undefined;
  const [{ name, parameters }] = extensions;
  if (options === undefined || name !== PERMESSAGE_DEFLATE || extensions.length > 1) {
    throw new ProtocolViolation('response-extension');
  }
  const answer = readDeflateParameters(parameters);
  if (answer === undefined || !isAnswerTo(options, answer)) {
    throw new ProtocolViolation('extension-parameter-invalid');
  }
  return keepHints(agreementOf(answer, 'client'), options);
}

/**
 * What a client said of itself in its offer holds even if the answer does not repeat it (RFC 7692
 * 7.1.1.2, 7.1.2.2): a server may have set up its side by it.
 */
function keepHints(agreement: DeflateAgreement, options: DeflateOptions): DeflateAgreement {
  return {
    ...agreement,
    ownWindowBits: Math.min(agreement.ownWindowBits, options.clientMaxWindowBits ?? 15),
    ownNoContextTakeover: agreement.ownNoContextTakeover || !!options.clientNoContextTakeover,
  };
}

function answerOffer(
  offer: DeflateParameters,
  options: DeflateOptions,
): DeflateParameters | undefined {
  // Only a client that says it knows the parameter can be held to a window (RFC 7692 7.1.2.2).
  if (options.clientMaxWindowBits !== undefined && offer.clientMaxWindowBits === undefined) {
    return undefined;
  }
  return {
    serverNoContextTakeover: offer.serverNoContextTakeover || !!options.serverNoContextTakeover,
    clientNoContextTakeover: offer.clientNoContextTakeover || !!options.clientNoContextTakeover,
    serverMaxWindowBits: smallerOf(offer.serverMaxWindowBits, options.serverMaxWindowBits),
    clientMaxWindowBits: smallerOf(
      offer.clientMaxWindowBits === true ? undefined : offer.clientMaxWindowBits,
      options.clientMaxWindowBits,
    ),
  };
}

function isAnswerTo(options: DeflateOptions, answer: DeflateParameters): boolean {
  if (answer.clientMaxWindowBits === true) return false;
  const keepsServerTakeover = !options.serverNoContextTakeover || answer.serverNoContextTakeover;
  const serverBits = answer.serverMaxWindowBits ?? 15;
  const { clientMaxWindowBits: clientBits } = answer;
  return (
    keepsServerTakeover &&
    serverBits <= (options.serverMaxWindowBits ?? 15) &&
    // Where it is absent the server sets no bound, and the client keeps to what it offered.
    (clientBits === undefined || clientBits <= (options.clientMaxWindowBits ?? 15))
  );
}

function agreementOf(answer: DeflateParameters, role: 'server' | 'client'): DeflateAgreement {
  const serverBits = answer.serverMaxWindowBits ?? 15;
  const clientBits =
    typeof answer.clientMaxWindowBits === 'number' ? answer.clientMaxWindowBits : 15;
  const isServer = role === 'server';
  return {
    ownWindowBits: isServer ? serverBits : clientBits,
    ownNoContextTakeover: isServer
      ? answer.serverNoContextTakeover
      : answer.clientNoContextTakeover,
    peerWindowBits: isServer ? clientBits : serverBits,
    peerNoContextTakeover: isServer
      ? answer.clientNoContextTakeover
      : answer.serverNoContextTakeover,
    header: headerOf(answer),
  };
}

function headerOf(parameters: DeflateParameters): string {
  return writeExtensionItem({
    name: PERMESSAGE_DEFLATE,
    parameters: writeDeflateParameters(parameters),
  });
}

function smallerOf(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
