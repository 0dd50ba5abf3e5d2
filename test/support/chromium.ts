import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';

const COMMON_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of Chromium: `CHROMIUM_PATH`, or one of the usual places.
 *
 * @throws Error when `CHROMIUM_PATH` names no file: tests in a browser that was asked for must not
 *   be skipped.
 */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (!named) return COMMON_PLACES.find((path) => existsSync(path));
  if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names no file: ${named}`);
  return named;
}

/**
 * Tests that need a browser. If there is none, the run prints that and goes on; but where `CI` is
 * set there must be one, or a browser that failed to install would look like tests that passed.
 */
export function describeInChromium(title: string, tests: (open: OpenBrowser) => void): void {
  const executablePath = findChromium();
  describe(`${title} in Chromium`, () => {
    if (executablePath === undefined) warnInstead(title);
    else tests(() => chromium.launch({ executablePath, args: FLAGS }));
  });
}

/** Starts a browser that makes no connections of its own. */
export type OpenBrowser = () => Promise<Browser>;

function warnInstead(title: string): void {
  it('is NOT TESTED: no Chromium. Install it, or set CHROMIUM_PATH.', () => {
    console.warn(`\n!!! ${title}: NOT TESTED in a browser, no Chromium was found.\n`);
    expect(process.env['CI']).toBeUndefined();
  });
}
