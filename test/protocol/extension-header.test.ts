import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readExtensionHeader,
  writeExtensionItem,
} from '../../lib/protocol/handshake/extension-header.js';
import { ProtocolViolation } from '../../lib/protocol/protocol-violation.js';
import {
  LEGAL_EXTENSION_HEADERS,
  MALFORMED_EXTENSION_HEADERS,
} from '../vectors/extension-headers.js';

describe('an extension header', () => {
  it.each(LEGAL_EXTENSION_HEADERS)('%j is legal', (header, items) => {
    const expected = items.map(([name, ...parameters]) => ({
      name,
      parameters: parameters.map(([parameter, value]) => ({ name: parameter, value })),
    }));
    const read = readExtensionHeader(header);
    expect(read).toEqual(expected);
    expect(readExtensionHeader(read.map(writeExtensionItem).join(', '))).toEqual(expected);
  });

  it.each(MALFORMED_EXTENSION_HEADERS)('%j is not', (header) => {
    expect(() => readExtensionHeader(header)).toThrow(
      expect.objectContaining({ rule: 'extension-header-malformed' }),
    );
  });

  it('is read or refused, whatever it is', () => {
    const piece = fc.constantFrom('a', 'foo', ' ', '\t', ',', ';', '=', '"', '\\', '1', 'é', '\n');
    const header = fc.array(piece, { maxLength: 30, size: 'max' }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(header, (text) => {
        try {
          for (const { name } of readExtensionHeader(text)) expect(name).toMatch(/^[a-z1]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'x;'.repeat(500_000),
    `${'x,'.repeat(500_000)}=`,
    `${' ,'.repeat(500_000)};`,
    '"'.repeat(1_000_000),
    ' '.repeat(1_000_000),
    `x; a="${'\\'.repeat(1_000_000)}`,
    `x${'\t'.repeat(1_000_000)}y`,
  ])('of a million characters is read in one pass', (header) => {
    expect(() => readExtensionHeader(header)).toThrow(ProtocolViolation);
  });
});
