import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is on this machine, or undefined, said loudly. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  const found = [CHROMIUM_PATH, ...PLACES].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    console.warn(
      '!!! NO CHROMIUM: the browser tests of the client did not run. Set CHROMIUM_PATH.',
    );
  }
  return found;
}

/** Starts Chromium, with nothing in it that talks to the world. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
