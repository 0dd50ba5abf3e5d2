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

const SILENCE: readonly string[] = ['"fence"', 'closed 1000'];
const TOPIC_11 = 'Exceptions reach the client on Nest 11 too';

function silentOnNest11(exception: string, ...before: readonly string[]): Difference {
  return {
    platformWs: [...before, ...SILENCE],
    wsgate: [...before, `{"event":"exception","data":${exception}}`, ...SILENCE],
    topic: TOPIC_11,
  };
}

/** More of them on Nest 11, whose filter for gateways speaks to clients of socket.io only. */
export const DIFFERENCES_ON_NEST_11: Readonly<Record<string, Difference>> = {
  'WsException with a text': silentOnNest11(
    '{"status":"error","message":"no","cause":{"pattern":"refuse","data":"no"}}',
  ),
  'WsException with an object': silentOnNest11('{"code":"ROOM_FULL","message":"full","seats":2}'),
  'an unknown exception': silentOnNest11(
    '{"status":"error","message":"Internal server error","cause":{"pattern":"fail","data":{"a":1}}}',
  ),
  'an Observable that fails': silentOnNest11(
    '{"status":"error","message":"late","cause":{"pattern":"fail late"}}',
    '1',
  ),
  'a guard that refuses': silentOnNest11(
    '{"status":"error","message":"Forbidden resource","cause":{"pattern":"guarded"}}',
  ),
  'a pipe that refuses': silentOnNest11(
    '{"status":"error","message":"Internal server error","cause":{"pattern":"piped","data":{"n":"x"}}}',
  ),
};
