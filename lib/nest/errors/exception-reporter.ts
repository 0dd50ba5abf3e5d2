import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { isUnexpected, toWireError } from './wire-error.js';

/** Turns exceptions into wire errors and logs the ones a client learns nothing about. */
export class ExceptionReporter {
  private readonly logger = new Logger('Wsgate');

  /**
   * @param where what failed, for the log: `ChatGateway.send`.
   * @returns what to send to the client.
   */
  report(exception: unknown, connectionId: string, where: string): WireError {
    if (isUnexpected(exception)) this.logger.error(...describe(exception, connectionId, where));
    return toWireError(exception);
  }

  /** Logs a rule or a limit that a client broke. */
  noteBreach(breach: string, connectionId: string): void {
    this.logger.warn(`connection ${connectionId}: ${breach}`);
  }
}

function describe(
  exception: unknown,
  connectionId: string,
  where: string,
): [message: string, stack?: string] {
  const message = `${where} failed on connection ${connectionId}`;
  if (!(exception instanceof Error)) return [`${message}: ${inspect(exception)}`];
  return [`${message}: ${exception.message}`, exception.stack ?? ''];
}
