import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

it('the README says of late timers what docs/scaling.md has measured', () => {
  const [, clients, ours, theirs] =
    /goes out to (\d+) clients, a timer is (\d+) ms late here, and (\d+) ms with `ws`/
      .exec(read('README.md'))
      ?.map(Number) ?? [];
  const scaling = read('docs/scaling.md');
  const [, heading = ''] = /^\| connections broadcast to \|(.*)\|$/m.exec(scaling) ?? [];
  const [, row = ''] =
    new RegExp(`^\\| ${clients} +\\|(.*)\\|$`, 'm').exec(scaling.slice(scaling.indexOf(heading))) ??
    [];
  const names = heading.split('|').map((cell) => cell.trim());
  const cells = row.split('|').map(Number);
  const delayOf = (peer: string) => cells[names.indexOf(`${peer}: delay p99 ms`)] ?? NaN;
  expect([ours, theirs]).toEqual([Math.round(delayOf('wsgate')), Math.round(delayOf('ws'))]);
});
