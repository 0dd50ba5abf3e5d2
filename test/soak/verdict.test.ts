import { describe, expect, it } from 'vitest';
import { judge, type SoakInventory, type SoakRun } from './verdict.mjs';

const MIB = 2 ** 20;

const REST: SoakInventory = {
  memory: { heap: 20 * MIB, rss: 100 * MIB },
  open: { connections: 0, rooms: 0, hooks: 0 },
  begun: { connections: 1_000 },
  objects: { WsConnection: 0, Timeout: 1 },
  resources: { TCPServerWrap: 1 },
  listeners: 4,
};

/** Memory that goes up and down, and grows by so much in a run of ten minutes. */
function samplesOf(growth: number): SoakRun['samples'] {
  return Array.from({ length: 60 }, (_, n) => {
    const wave = (n % 2) * MIB;
    const grown = (growth * n) / 59;
    return { at: n * 10, heap: 25 * MIB + wave + grown, rss: 150 * MIB + 3 * wave + grown };
  });
}

const RIGHT: SoakRun = {
  before: REST,
  after: { ...REST, begun: { connections: 50_000 } },
  samples: samplesOf(0),
  tally: { calls: 1, streams: 1, cancels: 1, items: 1 },
  visits: { talk: 3, breakTheProtocol: 1 },
  faultCount: 0,
  faults: [],
};

function leave(left: Partial<SoakInventory>): SoakRun {
  return { ...RIGHT, after: { ...RIGHT.after, ...left } };
}

function failuresOf(run: SoakRun): string[] {
  return judge(run)
    .filter(({ isRight }) => !isRight)
    .map(({ what }) => what);
}

describe('the verdict of a soak', () => {
  it('finds nothing where nothing is left', () => {
    expect(failuresOf(RIGHT)).toEqual([]);
  });

  it.each<[string, SoakRun]>([
    ['every answer was right', { ...RIGHT, faultCount: 1, faults: ['talk: a wrong answer'] }],
    ['visitors that talk', { ...RIGHT, visits: { ...RIGHT.visits, talk: 0 } }],
    ['left open: rooms', leave({ open: { ...REST.open, rooms: 1 } })],
    ['left in memory: WsConnection', leave({ objects: { ...REST.objects, WsConnection: 1 } })],
    ['left in memory: Timeout', leave({ objects: { ...REST.objects, Timeout: 2 } })],
    ['left alive: TCPSocketWrap', leave({ resources: { ...REST.resources, TCPSocketWrap: 1 } })],
    ['listeners on the server', leave({ listeners: 5 })],
    ['heap with nobody connected', leave({ memory: { heap: 25 * MIB, rss: 100 * MIB } })],
    ['heap over time', { ...RIGHT, samples: samplesOf(20 * MIB) }],
    ['rss over time', { ...RIGHT, samples: samplesOf(120 * MIB) }],
  ])('names "%s"', (what, run) => {
    expect(failuresOf(run)).toContain(what);
  });

  it('says what was not measured', () => {
    expect(failuresOf({ ...RIGHT, samples: [] })).toEqual(['heap over time', 'rss over time']);
  });
});
