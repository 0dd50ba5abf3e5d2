import { AsyncLocalStorage } from 'node:async_hooks';
import type { MemoryLedger } from '../../server/limits/memory-ledger.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import { LogLimit } from '../errors/log-limit.js';
import { quoteForLog } from '../../socket/log-text.js';
import { SafeLogger } from '../errors/safe-logger.js';
import { LiveConnections } from '../push/live-connections.js';
import type { CallRecord } from './call-dialect/call-failures.js';
import { PushTranslator } from './call-dialect/push-translator.js';
import type { EventMessageParser } from './adapter-options.js';
import { ExceptionWitness } from './exception-witness.js';

/** What all paths of one adapter share. */
export class AdapterContext {
  readonly logger = new SafeLogger('WsgateAdapter');
  readonly reporter = new ExceptionReporter();
  /** Limits the log of refused pages, which can try as often as they like. */
  readonly #refusals = new LogLimit((line) => this.logger.debug(line));
  readonly live: LiveConnections;
  /** Which call of a `wsgate.v1` client is being handled. */
  readonly calls = new AsyncLocalStorage<CallRecord>();
  readonly translator = new PushTranslator();
  readonly witness = new ExceptionWitness();
  /** Reads messages instead of `JSON.parse`. */
  parser: EventMessageParser | undefined;

  constructor(parser: EventMessageParser | undefined, memory: MemoryLedger) {
    this.live = new LiveConnections(memory);
    this.parser = parser;
  }

  /** Logs, for whoever wonders why no connection opens, that a page may not connect. */
  noteOrigin(origin: string, path: string): void {
    if (!this.#refusals.allows('Refused Origin')) return;
    this.logger.debug(`Refused Origin ${quoteForLog(origin)} at ${quoteForLog(path)}`);
  }

  /** Logs what the limits have kept back. */
  flush(): void {
    this.#refusals.end();
    this.reporter.flush();
  }
}
