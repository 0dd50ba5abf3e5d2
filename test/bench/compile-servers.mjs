import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Decorators need a compiler: servers/nest to servers/dist, which is not committed. */
export function compileServers() {
  const project = fileURLToPath(new URL('servers/nest', import.meta.url));
  const { status } = spawnSync('npx', ['--no-install', 'tsc', '-p', project], { stdio: 'inherit' });
  if (status !== 0) throw new Error('servers/nest does not compile');
}
