import { parse, type Token } from 'path-to-regexp';
import { InvalidUse } from '../../protocol/invalid-use.js';

/**
 * A path with the names of its parameters taken out: two paths of one shape match the same URLs,
 * so one of them would never be reached.
 *
 * @throws InvalidUse when the path does not begin with a slash or is malformed.
 */
export function readPathShape(path: string, owner: string): string {
  if (!path.startsWith('/')) {
    throw new InvalidUse(
      `the path "${path}" of ${owner} does not begin with a slash; expected "/${path}"`,
    );
  }
  try {
    return parse(path).tokens.map(describeToken).join('');
  } catch (error) {
    throw new InvalidUse(
      `the path "${path}" of ${owner} is malformed: ${(error as Error).message}; expected what ` +
        'Express 5 takes: "/chat/:room", "/files/*rest", "/chat{/:room}"',
    );
  }
}

function describeToken(token: Token): string {
  switch (token.type) {
    case 'text':
      return token.value;
    case 'param':
      return ':';
    case 'wildcard':
      return '*';
    case 'group':
      return `{${token.tokens.map(describeToken).join('')}}`;
  }
}
