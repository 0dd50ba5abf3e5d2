import { AsyncLocalStorage } from 'node:async_hooks';

/** One message of a `wsgate.v1` client that a gateway is handling. */
export interface CallRecord {
  /** Whose it is. */
  readonly client: object;
  failure: Error | undefined;
  isSettled: boolean;
}

/** A failure whose call has not been found yet. */
interface HeldFailure {
  readonly error: Error;
  readonly record: CallRecord | undefined;
}

/**
 * Finds out which call of a client an `exception` event belongs to. Nest's filters send the event
 * to the client themselves and return `undefined`, so the call is found by the async context the
 * filter runs in. A stream may fail in any async context, but then it completes in the same moment,
 * and claims the failure.
 */
export class CallFailures {
  readonly #calls: AsyncLocalStorage<CallRecord>;
  readonly #client: object;
  readonly #onUnclaimed: (error: Error) => void;
  #held: HeldFailure | undefined = undefined;

  /** @param onUnclaimed a failure that belongs to no call */
  constructor(
    calls: AsyncLocalStorage<CallRecord>,
    client: object,
    onUnclaimed: (error: Error) => void,
  ) {
    this.#calls = calls;
    this.#client = client;
    this.#onUnclaimed = onUnclaimed;
  }

  /** Runs a handler. Rejects with the failure when Nest's filters answered the client with one. */
  async run(invoke: () => unknown): Promise<unknown> {
    const record: CallRecord = { client: this.#client, failure: undefined, isSettled: false };
    try {
      const result = await this.#calls.run(record, invoke);
      if (record.failure === undefined) return result;
      if (result === undefined) throw record.failure;
      // The handler sent an exception event by itself, and went on.
      this.#onUnclaimed(record.failure);
      return result;
    } finally {
      record.isSettled = true;
    }
  }

  /** An `exception` event is being sent. */
  note(error: Error): void {
    this.#release();
    const record = this.#calls.getStore();
    const held = { error, record: record?.client === this.#client ? record : undefined };
    this.#held = held;
    queueMicrotask(() => {
      if (this.#held === held) this.#release();
    });
  }

  /** A stream completes: the failure that was noted in this very moment, if there is one. */
  claim(): Error | undefined {
    const error = this.#held?.error;
    this.#held = undefined;
    return error;
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const { error, record } = held;
    if (record === undefined || record.isSettled || record.failure !== undefined) {
      this.#onUnclaimed(error);
    } else record.failure = error;
  }
}
