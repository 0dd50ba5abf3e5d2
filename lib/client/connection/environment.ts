interface Events {
  addEventListener?(
    type: string,
    listener: () => void,
    options: { readonly signal: AbortSignal },
  ): void;
}

/** What a browser has and other platforms may not. */
interface Platform extends Events {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: Events & { readonly visibilityState: string };
}

const platform = globalThis as Platform;

/** Does the platform know that there is no network? Where it cannot tell: no. */
export function isOffline(): boolean {
  return platform.navigator?.onLine === false;
}

/**
 * Calls back when the network comes or goes, or when the user returns to the page. A connection may
 * then be dead without notice, or a new attempt may succeed.
 *
 * @returns a function that stops it
 */
export function watchEnvironment(onChange: () => void): () => void {
  const { document } = platform;
  const onVisibility = (): void => {
    if (document?.visibilityState === 'visible') onChange();
  };
  const watch = new AbortController();
  platform.addEventListener?.('online', onChange, watch);
  platform.addEventListener?.('offline', onChange, watch);
  document?.addEventListener?.('visibilitychange', onVisibility, watch);
  return () => watch.abort();
}
