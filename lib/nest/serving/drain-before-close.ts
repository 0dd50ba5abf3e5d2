/** The part of Nest's HTTP adapter that is used here; Nest 11 has no `beforeClose`. */
export interface ClosingHttpAdapter {
  beforeClose?(): unknown;
}

/**
 * Shutdown hooks run in an order that may end a database before a gateway has finished with it.
 * Nest 12 awaits this method of the adapter before all of them; Nest 11 has nothing that early.
 */
export function drainBeforeClose(adapter: ClosingHttpAdapter, drain: () => Promise<void>): void {
  const original = adapter.beforeClose?.bind(adapter);
  adapter.beforeClose = async () => {
    await drain();
    await original?.();
  };
}
