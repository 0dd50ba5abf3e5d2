import type { Server } from 'node:http';
import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import { WebSocket } from '../socket/web-socket.js';
import { assertConnectOptions, type ConnectOptions, headersOf } from './connect-options.js';
import { createDuplexPair } from './duplex-pair.js';
import { TestClient } from './test-client.js';

/** The part of a Nest application that is used here. Any `INestApplication` has it. */
export interface TestableApplication {
  init(): Promise<unknown>;
  getHttpServer(): unknown;
}

/** The property of an HTTP server that says when its application has been initialised. */
const INITIALISED = Symbol('nestjs-wsgate.initialised');

interface TestedServer extends Server {
  [INITIALISED]?: Promise<unknown>;
}

/**
 * Connects to a gateway of a Nest application, through its real HTTP server but without a port:
 * the application need not listen, and is initialised if it has not been.
 *
 * Resolves with an open client. Rejects with {@link UnexpectedResponse} (`statusCode`, `headers`,
 * `body`) when the handshake is refused, and with `InvalidUse` for an option that is none.
 *
 * @example
 * const client = await connect(app, '/chat/lobby', { cookies: { sid: 's1' } });
 * expect(await client.request('message.send', { text: 'hi' })).toEqual({ ok: true });
 * await client.close();
 */
export async function connect<C extends WsContract = UntypedContract>(
  app: TestableApplication,
  path: string,
  options: ConnectOptions = {},
): Promise<TestClient<C>> {
  assertConnectOptions(options);
  const server = app.getHttpServer() as TestedServer;
  // Nest does it twice where it is asked to again before it is done.
  await (server[INITIALISED] ??= app.init());
  const client = new TestClient<C>(path, options, (url, protocols) => {
    const [near, far] = createDuplexPair();
    server.emit('connection', far);
    return new WebSocket(url, protocols, {
      perMessageDeflate: false,
      headers: headersOf(options),
      createConnection: () => near,
    });
  });
  await client.opened();
  return client;
}
