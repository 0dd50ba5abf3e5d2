import { build, type Rolldown } from 'vite';
import { ROOT } from '../../house/modules.js';

/** Bundles a module for browsers, with the package's names resolved as a browser's bundler does. */
export async function bundleForBrowser(
  entry: string,
  { minify = false }: { readonly minify?: boolean } = {},
): Promise<string> {
  const { output } = (await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    resolve: {
      conditions: ['nestjs-wsgate-source', 'browser', 'import'],
      alias: { 'nestjs-wsgate/client': `${ROOT}/lib/client/index.ts` },
    },
    build: {
      write: false,
      minify,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict' },
    },
  })) as Rolldown.RolldownOutput;
  return output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n');
}
