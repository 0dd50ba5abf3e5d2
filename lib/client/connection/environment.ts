interface Events {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** What a browser has and other platforms may not. */
interface Platform extends Events {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: Events & { readonly visibilityState: string };
}

function platform(): Platform {
  return globalThis as Platform;
}

/** Does the platform know that there is no network? Where it cannot tell: no. */
export function isOffline(): boolean {
  return platform().navigator?.onLine === false;
}

/**
 * Calls back when the network comes or goes, or when the user returns to the page. A connection may
 * then be dead without notice, or a new attempt may succeed.
 *
 * @returns a function that stops it
 */
export function watchEnvironment(onChange: () => void): () => void {
  const { document } = platform();
  const onVisibility = (): void => {
    if (document?.visibilityState === 'visible') onChange();
  };
  const watched: readonly (readonly [Events | undefined, string, () => void])[] = [
    [platform(), 'online', onChange],
    [platform(), 'offline', onChange],
    [document, 'visibilitychange', onVisibility],
  ];
  for (const [target, type, listener] of watched) target?.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of watched) target?.removeEventListener?.(type, listener);
  };
}
