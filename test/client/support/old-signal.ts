/** A signal as polyfills make them: it knows no reason, and cannot throw it. */
export class OldSignal extends EventTarget {
  aborted = false;

  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event('abort'));
  }

  /** As what the types of today say a signal is. */
  get asSignal(): AbortSignal {
    return this as unknown as AbortSignal;
  }
}
