import { slopeOf } from './slope.mjs';

const MIB = 2 ** 20;

/**
 * What may be added to the heap at rest, over the whole run. A server that has served another ten
 * thousand connections has compiled a little more of its code and grown a few tables: that is
 * bounded. What is lost with each connection is not, and the smallest such thing (an entry in a Map
 * and what it holds) is over 100 bytes.
 */
const REST_SLACK = 2 * MIB;
const REST_PER_CONNECTION = 50;

/**
 * What heap and resident memory may grow by in the second half of the run, as a share. The heap is
 * taken after a collection but under load, so that it moves with what is open at that moment;
 * resident memory also moves with the allocator's and the collector's own housekeeping.
 */
const GROWTH = { heap: 0.1, rss: 0.15 };
const GROWTH_SLACK = { heap: 4 * MIB, rss: 24 * MIB };

/**
 * Judges a run, line by line.
 *
 * @returns {{ what: string, isRight: boolean, told: string }[]}
 */
export function judge(run) {
  const { before, after } = run;
  return [
    line('every answer was right', run.faultCount === 0, describeAnswers(run)),
    ...Object.entries(run.visits).map(([name, count]) =>
      line(`visitors that ${inWords(name)}`, count > 0, String(count)),
    ),
    ...sames('left open:', after.open, () => 0),
    line('its own count of connections', after.open.hooks === 0, `${after.begun.connections}`),
    ...sames('left in memory:', after.objects, (name) =>
      // Of the others Node keeps some of its own.
      name === 'WsConnection' ? 0 : before.objects[name],
    ),
    ...sames('left alive:', after.resources, (name) => before.resources[name] ?? 0),
    line('listeners on the server', after.listeners <= before.listeners, `${after.listeners}`),
    judgeRest(run),
    judgeGrowth(run, 'heap'),
    judgeGrowth(run, 'rss'),
  ];
}

function line(what, isRight, told) {
  return { what, isRight, told };
}

function describeAnswers({ tally, faultCount, faults }) {
  const { calls, streams, cancels, items } = tally;
  const counts = `${calls} outcomes, ${streams} streams, ${cancels} cancels, ${items} items`;
  return [`${counts}; ${faultCount} faults`, ...faults].join('\n    ');
}

function inWords(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function sames(what, counts, allowedOf) {
  return Object.entries(counts).map(([name, count]) => {
    const allowed = allowedOf(name);
    const told = allowed === 0 ? `${count}` : `${count}, before ${allowed}`;
    return line(`${what} ${name}`, count <= allowed, told);
  });
}

/** With nobody connected, the heap is what is kept for good. */
function judgeRest({ before, after }) {
  const grown = after.memory.heap - before.memory.heap;
  const connections = after.begun.connections - before.begun.connections;
  const allowed = REST_SLACK + REST_PER_CONNECTION * connections;
  const each = connections === 0 ? 0 : Math.round(grown / connections);
  const told = `${mib(grown)} more after ${connections} connections, ${each} B each; allowed ${mib(allowed)}`;
  return line('heap with nobody connected', grown <= allowed, told);
}

function judgeGrowth({ samples }, key) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const points = half.map((sample) => ({ at: sample.at, value: sample[key] }));
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || first === last) return line(`${key} over time`, false, 'no samples');
  const grown = slopeOf(points) * (last.at - first.at);
  const allowed = GROWTH_SLACK[key] + GROWTH[key] * first.value;
  const told = `${mib(grown)} in the second half, from ${mib(first.value)}; allowed ${mib(allowed)}`;
  return line(`${key} over time`, grown <= allowed, told);
}

export function mib(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
