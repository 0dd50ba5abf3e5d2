import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };

/** The tests run on Nest 11 and 12. */
export const NEST_MAJOR = Number.parseInt(manifest.version, 10);
