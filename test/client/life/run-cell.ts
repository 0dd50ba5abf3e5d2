import { EVENTS, type EventName } from './events.js';
import { STATES, type StateName } from './states.js';
import type { Setting } from './world.js';

/**
 * What comes of an event in a state: `state, outcome ...; state in the end`, and what became of a
 * call on a connection that the server had said goaway on.
 */
export async function runCell(
  setting: Setting,
  state: StateName,
  event: EventName,
): Promise<string> {
  const world = await STATES[state](setting, `${state}-${event}`.replaceAll(/\W+/g, '-'));
  const happened = await EVENTS[event](world);
  const { state: end } = await world.reached('open', 'stopped', 'closed');
  const old = world.inFlight === undefined ? '' : `; old: ${await world.inFlight}`;
  const { callsInFlight } = world.client;
  await world.client.close();
  return `${happened}; ${end}${old}${callsInFlight > 0 ? `; ${callsInFlight} left` : ''}`;
}
