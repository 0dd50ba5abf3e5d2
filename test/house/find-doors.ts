import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './modules.js';

/** What a package may import by name. */
export interface Door {
  readonly name: string;
  readonly file: string;
}

/** The doors that package.json promises and that are built already. */
export function findDoors(): Door[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  };
  return Object.entries(manifest.exports).flatMap(([name, target]) => {
    if (typeof target === 'string') return [];
    const file = target['nestjs-wsgate-source'];
    return file !== undefined && existsSync(join(ROOT, file)) ? [{ name, file }] : [];
  });
}
