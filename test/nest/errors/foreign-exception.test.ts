import { Logger } from '@nestjs/common';
import { WsException as SocketException } from '@nestjs/websockets';
import { afterEach, describe, expect, it } from 'vitest';
import { WsException } from '../../../lib/index.js';
import { ExceptionReporter } from '../../../lib/nest/errors/exception-reporter.js';

function linesFor(exception: unknown): readonly string[] {
  const lines: string[] = [];
  const error = (line: unknown): void => void lines.push(String(line));
  Logger.overrideLogger({ error, log: () => undefined, warn: () => undefined });
  new ExceptionReporter().report(exception, 'c1', 'Chat.say');
  return lines;
}

describe('the log line of a WsException', () => {
  afterEach(() => Logger.overrideLogger(false));

  it('of @nestjs/websockets says which one to throw', () => {
    expect(linesFor(new SocketException('full'))).toEqual([
      'Chat.say failed on connection c1 (a WsException of @nestjs/websockets; ' +
        'a @WsHandler throws that of nestjs-wsgate): full',
    ]);
  });

  it('of ours is none, and others have no hint', () => {
    expect(linesFor(new WsException('FULL', 'full'))).toEqual([]);
    expect(linesFor(new Error('full'))).toEqual(['Chat.say failed on connection c1: full']);
  });
});
