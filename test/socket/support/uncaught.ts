import { atEnd } from './serve.js';

/**
 * The next uncaught exception, such as one thrown in a listener of a socket. It would end this
 * process, so it is handled here.
 */
export function nextUncaught(): Promise<Error> {
  const listeners = process.listeners('uncaughtException');
  const restore = (): void => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  };
  process.removeAllListeners('uncaughtException');
  atEnd(restore);
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      restore();
      resolve(error);
    });
  });
}
