/** Hooks that run on after their connection, and the moment they have finished. */
export class RunningHooks {
  readonly #running = new Set<Promise<void>>();

  /** Adds one. It must not reject. */
  add(hook: Promise<void>): void {
    const tracked = hook.then(() => void this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Resolves when those that run now have finished. */
  async whenDone(): Promise<void> {
    await Promise.all(this.#running);
  }
}
