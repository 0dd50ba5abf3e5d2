import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { WsConnection } from 'nestjs-wsgate';
import { Subscriber } from 'rxjs';

type Constructor = Parameters<typeof queryObjects>[0];

/** What one connection after another may leave in memory. Timers also where they are cleared or unref'd. */
function classesToCount(): Readonly<Record<string, Constructor>> {
  const timer = setTimeout(() => undefined, 0);
  clearTimeout(timer);
  return {
    WsConnection: WsConnection,
    Subscriber: Subscriber,
    AbortSignal: AbortSignal,
    Socket: Socket,
    IncomingMessage: IncomingMessage,
    // Node does not name this one in public.
    Timeout: timer.constructor,
  };
}

/** How many objects of each class are in memory once the garbage is out. */
export async function countObjects(): Promise<Record<string, number>> {
  await collectGarbage();
  const classes = Object.entries(classesToCount());
  return Object.fromEntries(
    classes.map(([name, constructor]) => [name, queryObjects(constructor, { format: 'count' })]),
  );
}

/** What keeps the process alive, by kind. */
export function countResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Finalizers need turns of the event loop between collections; so do zlib and the thread pool. */
export async function collectGarbage(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.();
    await setImmediate();
    await wait(10);
  }
  globalThis.gc?.();
}
