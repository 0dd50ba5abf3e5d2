import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

function isInstalled(name) {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

const NO_NATIVE = { WS_NO_BUFFER_UTIL: '1' };

// `server` is a file of servers/; `raw` peers get no handshake and send back what they were sent.
const ALL = {
  wsgate: { server: 'wsgate.mjs' },
  'wsgate-plain': { server: 'wsgate.mjs', env: { BENCH_PLAIN_LANE: '1' } },
  ws: { server: 'ws.mjs', env: NO_NATIVE },
  'ws+bufferutil': { server: 'ws.mjs', needs: 'bufferutil' },
  'ws-string': { server: 'ws.mjs', env: { ...NO_NATIVE, BENCH_STRINGS: '1' } },
  // The window and memory levels that cost little; legal without negotiation.
  'wsgate-small': { server: 'wsgate.mjs', env: { BENCH_SMALL_WINDOW: '1' } },
  'ws-json': { server: 'ws.mjs', env: NO_NATIVE, dialect: 'wsgate' },
  'nest-wsgate': { server: 'dist/wsgate.js', path: '/bench', dialect: 'wsgate' },
  'nest-platform-ws': {
    server: 'dist/platform-ws.js',
    path: '/bench',
    dialect: 'event',
    env: NO_NATIVE,
  },
  'nest-wsgate-cluster': { server: 'dist/cluster.js', path: '/bench', dialect: 'wsgate' },
  // The same gateway as nest-platform-ws, under the adapter that takes platform-ws' place.
  'nest-adapter': { server: 'dist/adapter.js', path: '/bench', dialect: 'event' },
  'nest-socket.io': {
    server: 'dist/platform-socket-io.js',
    path: '/bench/?EIO=4&transport=websocket',
    dialect: 'socket.io',
    env: NO_NATIVE,
  },
  net: { server: 'net.mjs', raw: true },
};

/** The peers of those names that can run here. */
export function findPeers(names) {
  return names.filter((name) => isRunnable(ALL[name])).map(describe);
}

function describe(name) {
  const { server, env, raw, dialect, path } = ALL[name];
  const file = fileURLToPath(new URL(`servers/${server}`, import.meta.url));
  return { name, file, env, raw, dialect, path };
}

function isRunnable({ needs }) {
  return needs === undefined || isInstalled(needs);
}

export const PEER_NAMES = Object.keys(ALL);
