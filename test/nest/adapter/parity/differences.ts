/** A scenario in which the adapters part ways, and why: each is argued in docs/migrating.md under its topic. */
export interface Difference {
  readonly platformWs: readonly string[];
  readonly wsgate: readonly string[];
  /** What the guide calls it. */
  readonly topic: string;
}

/** By scenario. Everything else is the same, byte for byte. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a page of another origin': {
    platformWs: ['1'],
    wsgate: ['refused 403'],
    topic: 'Pages of other origins are refused',
  },
  'a path nobody serves': {
    platformWs: ['refused 0'],
    wsgate: ['refused 404'],
    topic: 'Unknown paths are answered',
  },
  shutdown: {
    platformWs: ['closed 1006'],
    wsgate: ['closed 1001'],
    topic: 'Shutdown loses nothing',
  },
  'an answer on its way at shutdown': {
    platformWs: ['slow begins', 'closed 1006'],
    wsgate: ['slow begins', 'closed 1001', '"late but here"'],
    topic: 'Shutdown loses nothing',
  },
  'an async generator': {
    platformWs: ['{}'],
    wsgate: ['{"event":"item","data":1}'],
    topic: 'Async generators are streams',
  },
};
