import { atEnd } from './serve.js';

/**
 * What is thrown next where nobody catches it, from the event of a socket say. It would end this
 * process, so it is taken off the same way.
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
