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
  net: { server: 'net.mjs', raw: true },
};

/** The peers of those names that can run here. */
export function findPeers(names) {
  const runnable = names.filter((name) => isRunnable(ALL[name]));
  return runnable.map((name) => {
    const { server, env, raw } = ALL[name];
    return { name, env, raw, file: fileURLToPath(new URL(`servers/${server}`, import.meta.url)) };
  });
}

function isRunnable({ needs }) {
  return needs === undefined || isInstalled(needs);
}

export const PEER_NAMES = Object.keys(ALL);
