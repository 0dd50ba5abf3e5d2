import { Logger } from '@nestjs/common';
import { ignoreFailure } from './ignore-failure.js';

/**
 * Writes to the application's log, and ignores it if that throws: what clients cause is logged in
 * promises and timers, where an exception would end the process.
 */
export class SafeLogger {
  readonly #logger: Logger;

  constructor(context: string) {
    this.#logger = new Logger(context);
  }

  debug(line: string): void {
    ignoreFailure(() => this.#logger.debug(line));
  }

  warn(line: string): void {
    ignoreFailure(() => this.#logger.warn(line));
  }

  error(line: string, stack?: string): void {
    // Nest would print an undefined stack.
    const args = stack === undefined ? [] : [stack];
    ignoreFailure(() => this.#logger.error(line, ...args));
  }
}
