import { atEnd } from './serve.js';

/**
 * The next uncaught exception, such as one thrown in a listener of a socket. It would end this
 * process, so it is handled here.
 */
export function nextUncaught(): Promise<Error> {
  return new Promise((resolve) => {
    const restore = handleUncaught((error) => {
      restore();
      resolve(error);
    });
  });
}

/** The uncaught exceptions until the end of the test. Each would end this process. */
export function collectUncaught(): readonly Error[] {
  const collected: Error[] = [];
  handleUncaught((error) => collected.push(error));
  return collected;
}

/** Handles them instead of those who did, until the function it returns is called, or the test ends. */
function handleUncaught(handle: (error: Error) => void): () => void {
  const listeners = process.listeners('uncaughtException');
  const restore = (): void => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  };
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', handle);
  atEnd(restore);
  return restore;
}
