import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The applications that run in processes of their own. */
export const APPS = fileURLToPath(new URL('../apps', import.meta.url));

/** What they are compiled to; next to the repository's packages, so that they find them. */
export const COMPILED_APPS = join(APPS, 'dist');
