import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './modules.js';

// Put together from pieces, so that this file does not hold what it looks for.
const MACHINE_FOLDERS = [
  'wor' + 'k',
  'far' + 'm',
  'roo' + 't',
  'hom' + 'e/[a-z]+',
  'User' + 's/[a-z]+',
];
const MACHINE_PATH = new RegExp(`(^|[^A-Za-z0-9_.])/(${MACHINE_FOLDERS.join('|')})/`, 'i');
const DOWNLOAD_ADDRESS = new RegExp('"resol' + 'ved": *"|regis' + 'try=https?:|//regis' + 'try\\.');

function findLines(name: string, text: string, pattern: RegExp): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1} ${line.trim()}`] : []));
}

/** Not a link, nor a file deleted but not yet committed so. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readCommittedFiles(): { name: string; text: string }[] {
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split(
    '\0',
  );
  return names
    .filter((name) => isFile(join(ROOT, name)))
    .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'));
}

describe('committed text', () => {
  const files = readCommittedFiles();

  it('names no folder of one machine', () => {
    expect(files.flatMap(({ name, text }) => findLines(name, text, MACHINE_PATH))).toEqual([]);
  });

  it('names no address to download packages from', () => {
    expect(files.flatMap(({ name, text }) => findLines(name, text, DOWNLOAD_ADDRESS))).toEqual([]);
  });

  it('would be caught', () => {
    const [folder] = MACHINE_FOLDERS;
    expect(findLines('a', `cd /${folder}/main`, MACHINE_PATH)).toHaveLength(1);
    expect(findLines('a', `see https://example.com/${folder}/main`, MACHINE_PATH)).toEqual([]);
    expect(
      findLines('a', '"resol' + 'ved": "https://example.com/a.tgz"', DOWNLOAD_ADDRESS),
    ).toHaveLength(1);
  });
});
