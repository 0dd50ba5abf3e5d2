import type { Server } from 'node:http';
import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import { WsServer } from '../nest/ws-server.js';
import { showGiven } from '../nest/values/show-given.js';
import { InvalidUse } from '../protocol/invalid-use.js';
import { UnexpectedResponse } from '../socket/opening-handshake/unexpected-response.js';
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

/** Members of an application that tell it from a testing module. */
const APPLICATION: readonly (keyof TestableApplication)[] = ['init', 'getHttpServer'];

/** What servers of this package, that of an adapter too, say of a path they do not have. */
const OURS = /no WebSocket here/;

interface TestedServer extends Server {
  [INITIALISED]?: Promise<unknown>;
}

/**
 * Connects to a gateway of a Nest application, through its real HTTP server but without a port:
 * the application need not listen, and is initialised if it has not been.
 *
 * Resolves with an open client. Rejects with {@link UnexpectedResponse} (`statusCode`, `headers`,
 * `body`) when the handshake is refused, and with `InvalidUse` for an option that is none, and for
 * what is no application or no path.
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
  assertApplication(app);
  assertPath(path);
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
  await client.opened().catch((error: unknown) => {
    throw explainMissing(error, app);
  });
  return client;
}

function assertApplication(given: unknown): void {
  const members = (given ?? {}) as Readonly<Record<string, unknown>>;
  if (APPLICATION.every((name) => typeof members[name] === 'function')) return;
  throw new InvalidUse(
    `connect: the application is ${showGiven(given)}; expected what createNestApplication() returns`,
  );
}

function assertPath(given: unknown): void {
  if (typeof given === 'string') return;
  throw new InvalidUse(
    `connect: ${showGiven(given)} given; expected the path of a gateway: '/chat'`,
  );
}

/** Without the module no gateway is found, and nothing of ours is there to say so. */
function explainMissing(error: unknown, app: TestableApplication): unknown {
  const isUnheard =
    error instanceof UnexpectedResponse && error.statusCode === 404 && !OURS.test(error.body);
  if (isUnheard && !hasModule(app)) {
    error.message += ' (the application does not import WsModule.forRoot())';
  }
  return error;
}

interface Container {
  get(token: unknown, options: { readonly strict: boolean }): unknown;
}

function hasModule(app: TestableApplication): boolean {
  try {
    return (app as Partial<Container>).get?.(WsServer, { strict: false }) !== null;
  } catch {
    return false;
  }
}
