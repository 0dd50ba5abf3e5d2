import { InvalidUse } from '../../protocol/invalid-use.js';
import { readWebSocketUrl } from '../../socket/opening-handshake/web-socket-url.js';
import { attemptUrl } from './attempt-url.js';

/** Throws {@link InvalidUse} for a URL with which no attempt of Node's WebSocket could succeed. */
export function assertNodeUrl(address: string | URL): void {
  readWebSocketUrl(resolve(String(address)));
}

/** A relative URL needs a page; there is one where tests pretend to be a browser. */
function resolve(address: string): string {
  try {
    return attemptUrl(address, undefined);
  } catch {
    if (!URL.canParse(address, 'ws://page')) return address;
    const problem = `the URL "${address}" is relative, and there is no page to start from`;
    throw new InvalidUse(`WsClient: ${problem}; expected ws://host/path`);
  }
}
