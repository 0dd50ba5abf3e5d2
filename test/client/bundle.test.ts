import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleForBrowser } from './support/bundle.js';

const work = mkdtempSync(join(tmpdir(), 'wsgate-bundle-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What a browser loads for this module, minified. */
async function bundle(name: string, code: string): Promise<string> {
  const entry = join(work, `${name}.js`);
  writeFileSync(entry, code);
  return bundleForBrowser(entry, { minify: true });
}

describe('the client in a bundle', () => {
  it('is smaller than 6 kB gzipped', async () => {
    const code = await bundle('all', "export * from 'nestjs-wsgate/client';");
    const size = gzipSync(code, { level: 9 }).length;
    console.log(`nestjs-wsgate/client: ${code.length} B minified, ${size} B gzipped`);
    expect(size).toBeLessThan(6_000);
  });

  it('leaves out what is not used', async () => {
    const code = await bundle('error', "export { WsRemoteError } from 'nestjs-wsgate/client';");
    expect(code.length).toBeLessThan(400);
  });

  it('leaves nothing of Node in', async () => {
    const code = await bundle('node', "export * from 'nestjs-wsgate/client';");
    expect(code).not.toMatch(/\b(Buffer|process|require)\b|node:/);
    expect(code).toContain('WebSocket');
  });
});
