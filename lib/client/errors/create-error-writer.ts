import { inspect } from 'node:util';
import { toLogText } from '../../socket/log-text.js';
import type { WsRemoteError } from './ws-remote-error.js';

/** A server that sends errors without end must not fill the console, or the disk behind it. */
const MOST_WRITTEN = 10;
const PERIOD_MS = 60_000;
/** Characters of one error: the server has chosen the most of it. */
const LONGEST = 8_000;

/** Makes a client's default `onError`: writes to the console, ten errors a minute at most. */
export function createErrorWriter(): (error: WsRemoteError) => void {
  let written = 0;
  let begunAt = 0;
  return (error) => {
    const now = performance.now();
    if (now - begunAt > PERIOD_MS) {
      begunAt = now;
      written = 0;
    }
    const rest = ++written === MOST_WRITTEN ? ['and more'] : [];
    // oxlint-disable-next-line no-console -- a client has no logger, and an error must not vanish
    if (written <= MOST_WRITTEN) console.error(toLogText(inspect(error), LONGEST), ...rest);
  };
}
