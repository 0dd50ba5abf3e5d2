import { buildSoup, cutChunks, mutate } from './mutate.mjs';
import { Random } from './random.mjs';
import { buildOddFrame, buildSession } from './session.mjs';
import { Misbehaviour, WatchedEndpoint } from './watched-endpoint.mjs';

/** Two endpoints that read the same bytes in different pieces keep what they hold until this many cases later. */
const KEPT_OPEN = 50;

/**
 * Runs fuzz cases against an engine (the names of `nestjs-wsgate/protocol`). A case is a function of
 * its seed. Two endpoints with the same setup, sharing buffers and compression, read the same bytes
 * cut in two ways and must tell the same; an undamaged session must tell what was put into it.
 */
export class Fuzzer {
  #engine;
  #workspaces;
  #zlibs;
  #open = [];

  constructor(engine) {
    this.#engine = engine;
    this.#workspaces = {
      server: engine.createServerWorkspace(),
      client: engine.createClientWorkspace(),
    };
    this.#zlibs = [engine.chooseZlib(true), engine.chooseZlib(true), engine.chooseZlib(false)];
  }

  /** Runs the case of a seed; throws for anything but events and violations. Returns what was told. */
  run(seed, role) {
    const random = new Random(seed);
    const setup = this.#pickSetup(random, role);
    const { wire, expected } = buildWire(random, setup);
    const pair = [0, 1].map(
      () => new WatchedEndpoint(this.#engine, { options: this.#openOptions(setup) }),
    );
    this.#keep(pair);
    feedBoth(random, pair, wire);
    for (const each of pair) each.finish();
    const [told, toldOther] = pair.map(({ events }) => JSON.stringify(events));
    if (told !== toldOther) throw new Misbehaviour(`cuts matter: ${told} / ${toldOther}`);
    if (expected !== undefined && told !== JSON.stringify(expected)) {
      throw new Misbehaviour(`a valid session told ${told}`);
    }
    return { bytes: wire.length, events: pair[0].events };
  }

  #pickSetup(random, role) {
    return {
      role: role ?? random.pick(['server', 'client']),
      limits: this.#engine.resolveLimits({
        maxPayload: random.pick([160_000, 1024 * 1024]),
        maxBufferedChunks: 0,
        maxPendingAutoPongs: random.pick([0, 1, 60]),
      }),
      zlib: random.once(2) ? random.pick(this.#zlibs) : undefined,
      agreement: {
        ownWindowBits: 15,
        ownNoContextTakeover: false,
        peerWindowBits: 15,
        peerNoContextTakeover: random.once(2),
        header: '',
      },
    };
  }

  #openOptions({ role, limits, zlib, agreement }) {
    return {
      role,
      limits,
      workspace: this.#workspaces[role],
      deflate: zlib && new this.#engine.PerMessageDeflate(agreement, {}, zlib),
    };
  }

  /** Unfinished messages stay for a while, as they would on a server. */
  #keep(pair) {
    this.#open.push(pair);
    if (this.#open.length <= KEPT_OPEN) return;
    for (const each of this.#open.shift()) each.dispose();
  }
}

function buildWire(random, { role, zlib }) {
  const peer = { isMasked: role === 'server', hasDeflate: zlib !== undefined };
  const kind = random.below(10);
  if (kind === 0) return { wire: random.bytes(random.size()) };
  if (kind === 1) return { wire: buildSoup(random) };
  const { frames, events } = buildSession(random, peer);
  if (kind > 5) return { wire: mutate(random, frames) };
  if (kind > 3) {
    const odd = buildOddFrame(random, peer.isMasked);
    return { wire: Buffer.concat(frames.toSpliced(random.below(frames.length + 1), 0, odd)) };
  }
  return { wire: Buffer.concat(frames), expected: events };
}

/** Feeds both in turn, each with cuts of its own. */
function feedBoth(random, pair, wire) {
  const queues = pair.map(() => cutChunks(random, wire));
  for (let round = 0; queues.some((queue) => round < queue.length); round++) {
    for (const [i, queue] of queues.entries()) {
      if (round >= queue.length) continue;
      pair[i].feed(queue[round], !random.once(5));
      if (random.once(3)) pair[i].take();
    }
  }
  for (const each of pair) each.read();
}
