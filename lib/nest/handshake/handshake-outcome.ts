import type { OutgoingHttpHeaders } from 'node:http';
import type { HttpException } from '@nestjs/common';

/** What a handshake came to. */
export type HandshakeOutcome =
  | { readonly allow: true; readonly headers: AnswerHeaders }
  | {
      readonly allow: false;
      readonly status: number;
      readonly headers: AnswerHeaders;
      readonly body: string;
    };

/** Headers for the 101 or the refusal. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Headers that belong to the handshake itself; what guards set under these names is left out. */
const OWN_HEADERS: readonly string[] = [
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'sec-websocket-version',
];

/** The headers a guard set, as far as they are its to set. */
export function pickHeaders(headers: OutgoingHttpHeaders): AnswerHeaders {
  const picked = Object.create(null) as Record<string, string | readonly string[]>;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OWN_HEADERS.includes(name.toLowerCase())) continue;
    picked[name] = typeof value === 'number' ? String(value) : value;
  }
  return picked;
}

/**
 * A refusal with the body Nest gives an `HttpException` over HTTP.
 *
 * @throws TypeError if the body has no JSON form; what an exception class of the application throws.
 */
export function refuse(exception: HttpException, headers: AnswerHeaders = {}): HandshakeOutcome {
  const response = exception.getResponse();
  const statusCode = exception.getStatus();
  const body = typeof response === 'string' ? { statusCode, message: response } : response;
  return {
    allow: false,
    status: toRefusalStatus(statusCode, 500),
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

/** A refusal as a guard wrote it to the response itself. */
export function refuseAs(status: number, headers: AnswerHeaders, body: string): HandshakeOutcome {
  return { allow: false, status: toRefusalStatus(status, 403), headers, body };
}

/** The status of a refusal: `otherwise` in place of one that does not refuse. */
export function toRefusalStatus(status: number, otherwise: number): number {
  return status >= 300 && status <= 599 ? status : otherwise;
}
