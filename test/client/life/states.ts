import { outcomeOf, type Setting, World } from './world.js';

/** Brings a client of its own into a state. */
type Arrange = (setting: Setting, cell: string) => Promise<World>;

const open: Arrange = async (setting, cell) => {
  const world = new World(setting, cell);
  await world.client.connect();
  return world;
};

/** The server has said goaway, and is at a call. */
const leave: Arrange = async (setting, cell) => {
  const world = await open(setting, cell);
  world.inFlight = outcomeOf(world.client.request('wait', 'old'));
  await world.tell('goaway');
  await world.reached('waiting');
  world.isSpare = true;
  return world;
};

/** The server has said Close, and leaves the connection open. */
function linger(code: number): Arrange {
  return async (setting, cell) => {
    const world = await open(setting, cell);
    await world.tell(`linger=${code}`);
    world.isLeft = true;
    return world;
  };
}

async function holdNext(world: World, upgrades: number): Promise<World> {
  await world.tell('mode=hold');
  void outcomeOf(world.client.connect());
  await world.seen('upgrades', upgrades);
  world.isSpare = false;
  return world;
}

/** The states of a client's life. */
export const STATES = {
  idle: (setting, cell) => Promise.resolve(new World(setting, cell)),
  authorizing: (setting, cell) => {
    const world: World = new World(setting, cell, { auth: () => world.wentOn });
    void outcomeOf(world.client.connect());
    return Promise.resolve(world);
  },
  connecting: (setting, cell) => holdNext(new World(setting, cell), 1),
  open,
  'goaway, waiting': leave,
  'goaway, connecting': async (setting, cell) => holdNext(await leave(setting, cell), 2),
  'goaway, open': async (setting, cell) => {
    const world = await leave(setting, cell);
    await world.client.connect();
    world.isSpare = false;
    return world;
  },
  waiting: async (setting, cell) => {
    const world = new World(setting, cell);
    await world.tell('mode=503');
    void outcomeOf(world.client.connect());
    await world.reached('waiting');
    return world;
  },
  'left with 1001': linger(1001),
  'left with 4401': linger(4401),
  stopped: async (setting, cell) => {
    const world = await open(setting, cell);
    await world.tell('close=4401');
    await world.reached('stopped');
    return world;
  },
  closing: async (setting, cell) => {
    const world = await open(setting, cell);
    await world.tell('stall');
    void world.client.close();
    return world;
  },
  closed: async (setting, cell) => {
    const world = await open(setting, cell);
    await world.client.close();
    return world;
  },
} satisfies Readonly<Record<string, Arrange>>;

export type StateName = keyof typeof STATES;
