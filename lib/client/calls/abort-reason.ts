/** Why the signal aborted. Those of React Native do not say. */
export function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new Error('aborted');
}
