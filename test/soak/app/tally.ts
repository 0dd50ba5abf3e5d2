import { Injectable } from '@nestjs/common';

/** How many of one kind have begun and ended. */
export class Count {
  begun = 0;
  ended = 0;

  get open(): number {
    return this.begun - this.ended;
  }
}

/** What the application itself has seen begin and end: nobody else's word is taken for it. */
@Injectable()
export class Tally {
  /** Guards that hang, though nobody waits for them any more. */
  readonly guards = new Count();
  /** Open hooks and close hooks. */
  readonly connections = new Count();
  /** Handlers that wait for something. */
  readonly handlers = new Count();
  /** Subscriptions of Observables, and their teardowns. */
  readonly observables = new Count();
  /** Generators, and their `finally`. */
  readonly iterables = new Count();

  /** How many of each kind are open. */
  get open(): Readonly<Record<string, number>> {
    return {
      guards: this.guards.open,
      hooks: this.connections.open,
      handlers: this.handlers.open,
      observables: this.observables.open,
      iterables: this.iterables.open,
    };
  }
}
