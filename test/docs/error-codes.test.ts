import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../lib/protocol/wsgate/error-codes.js';
import { ROOT } from '../house/modules.js';
import { codeOf, readTables } from './tables.js';

it('docs/guide/errors.md lists the error codes of the protocol', () => {
  const page = readFileSync(join(ROOT, 'docs/guide/errors.md'), 'utf8');
  const rows = readTables(page, 'table').flatMap((table) => table.rows);
  const listed = rows.map((row) => [
    codeOf(row['code'] ?? ''),
    Number(row['status']),
    row['meaning'],
  ]);
  const known = Object.entries(ERROR_CODES).map(([code, { status, meaning }]) => [
    code,
    status,
    meaning,
  ]);
  expect(listed).toEqual(known);
});
