import { AN_HOUR, outcomeOf, type World } from './world.js';

/** Something that happens to a client, and what comes of it: `state, outcome ...`. */
type Happen = (world: World) => Promise<string>;

/** Something the application does; then nothing stands in the way any more. */
function act(run: (world: World) => Promise<unknown>): Happen {
  return async (world) => {
    const outcome = outcomeOf(run(world));
    const { state } = world.client.status;
    await world.goOn();
    return `${state}, ${await outcome}`;
  };
}

/** Something that happens to the connection, to a call and to one that may be repeated. */
function suffer(command: string): Happen {
  return async (world) => {
    const { client, isLeft, isSpare } = world;
    const isHeard = client.status.state === 'open' && !isLeft;
    const { calls } = await world.tell('look');
    const call = outcomeOf(client.request('wait', 1));
    const again = outcomeOf(client.request('wait', 2, { retry: true }));
    if (isHeard) await world.seen('calls', calls + 2);
    const next = isSpare ? undefined : world.next('waiting', 'stopped');
    await world.tell(command);
    const status = (await next) ?? client.status;
    const delay = status.state === 'waiting' ? status.delayMs - AN_HOUR : 0;
    await world.goOn();
    return `${status.state}${delay ? ` +${delay} ms` : ''}, ${await call}, ${await again}`;
  };
}

export const EVENTS = {
  connect: act(({ client }) => client.connect()),
  request: act(({ client }) => client.request('echo', 1)),
  stream: act(async ({ client }) => {
    const items: unknown[] = [];
    for await (const item of client.stream('count')) items.push(item);
    return items;
  }),
  send: act(async (world) => {
    world.client.send('note');
    await world.wentOn;
    await world.client.request('echo');
    return (await world.tell('look')).notes;
  }),
  push: act(async (world) => {
    const heard = world.client.on('news')[Symbol.asyncIterator]().next();
    await world.wentOn;
    await outcomeOf(world.client.request('echo'));
    await world.tell('push');
    return world.client.status.state === 'stopped' ? 'nothing' : (await heard).value;
  }),
  abort: act(({ client }) => {
    const controller = new AbortController();
    const call = client.request('wait', 'no', { signal: controller.signal });
    controller.abort();
    return call;
  }),
  close: act(({ client }) => client.close()),
  cut: suffer('cut'),
  goaway: suffer('goaway'),
  1001: suffer('close=1001'),
  4401: suffer('close=4401'),
  401: suffer('refuse=401'),
  503: suffer('refuse=503'),
  '503, Retry-After': suffer('refuse=503,7'),
} satisfies Readonly<Record<string, Happen>>;

export type EventName = keyof typeof EVENTS;
