import { describe, expect, it } from 'vitest';
import { readReason } from '../../lib/socket/opening-handshake/refusal-reason.js';

const JSON_TYPE = 'application/json; charset=utf-8';

describe('what the body of a refused handshake says', () => {
  it.each([
    ['an exception of Nest', JSON_TYPE, '{"message":"No ticket","statusCode":401}', 'No ticket'],
    ['messages that are a list', JSON_TYPE, '{"message":["a","b"]}', ''],
    ['JSON that is no object', JSON_TYPE, 'null', ''],
    ['JSON that is broken', JSON_TYPE, '{', ''],
    ['a line of text', 'text/plain', 'Origin refused\n', 'Origin refused'],
    ['control characters', 'text/plain', 'a\r\n\u001b[31mb', 'a [31mb'],
    ['a page', 'text/html', '<h1>Bad Gateway</h1>', ''],
    ['a long text', 'text/plain', 'x'.repeat(201), ''],
    ['no type', undefined, 'no', ''],
  ])('%s', (_what, type, body, reason) => {
    expect(readReason(type, body)).toBe(reason);
  });
});
