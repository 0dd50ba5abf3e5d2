import { IncomingMessage } from 'node:http';
import type { PathParams } from '../../server/path/path-router.js';

/**
 * The parts of an upgrade request that are kept to run its guards again. Not the request itself: it
 * holds the state of a stream, and what guards and sessions have put on it, which would then pass
 * for fresh answers.
 */
export interface KeptRequest {
  readonly socket: IncomingMessage['socket'];
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly params: PathParams;
}

/** Must be called before any guard has seen the request. */
export function keepRequest(request: IncomingMessage, params: PathParams): KeptRequest {
  const { socket, method, url, httpVersion, headers, rawHeaders } = request;
  return { socket, method, url, httpVersion, headers, rawHeaders, params };
}

/**
 * Makes the request again, as it arrived: with a body that has ended, and nothing on it but what was
 * sent.
 */
export function reviveRequest(kept: KeptRequest): IncomingMessage {
  const request = new IncomingMessage(kept.socket);
  request.method = kept.method;
  request.url = kept.url;
  request.httpVersion = kept.httpVersion;
  const [major, minor] = kept.httpVersion.split('.');
  request.httpVersionMajor = Number(major);
  request.httpVersionMinor = Number(minor);
  request.headers = { ...kept.headers };
  request.rawHeaders = [...kept.rawHeaders];
  request.headersDistinct = readDistinct(kept.rawHeaders);
  request.complete = true;
  request.push(null);
  return request;
}

/** Every value of every header, as `IncomingMessage.headersDistinct` has them. */
function readDistinct(rawHeaders: readonly string[]): NodeJS.Dict<string[]> {
  const distinct = Object.create(null) as NodeJS.Dict<string[]>;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    (distinct[rawHeaders[index].toLowerCase()] ??= []).push(rawHeaders[index + 1]);
  }
  return distinct;
}
