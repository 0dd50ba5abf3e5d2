import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** Where the page finds the client: `/wsgate/client/index.js`. */
const PREFIX = '/wsgate';

/** The client for browsers, and what it imports. Nothing else of the package is served. */
const PARTS = ['client', 'protocol/wsgate', 'protocol/invalid-use.js', 'socket/deadline.js'];

/**
 * Serves `nestjs-wsgate/client` to pages that have no bundler, as the ES modules it is made of. In
 * the package by its manifest: the door itself leads to the client for Node when Node asks for it.
 */
export function serveClient(app: NestExpressApplication): void {
  const manifest = createRequire(import.meta.url).resolve('nestjs-wsgate/package.json');
  const dist = join(dirname(manifest), 'dist');
  for (const part of PARTS) {
    app.useStaticAssets(join(dist, part), {
      prefix: `${PREFIX}/${part}`,
      index: false,
      redirect: false,
    });
  }
}
