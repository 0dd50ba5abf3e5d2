import { median } from './statistics.mjs';

/** What a series shows of each peer: column, and the figure of one round. */
const FIGURES = {
  cpu: [['CPU us/message', ({ cpuUs }) => cpuUs]],
  delay: [
    ['CPU us/message', ({ cpuUs }) => cpuUs],
    ['delay p99 ms', ({ delay }) => delay.p99 / 1000],
    ['delay max ms', ({ delay }) => delay.max / 1000],
  ],
  throughput: [
    ['messages/s', ({ perSecond }) => perSecond],
    ['CPU us/message', ({ cpuUs }) => cpuUs],
    ['load us/message', ({ loadUs }) => loadUs],
  ],
};

/** One table per series: a row per point, medians of each peer. */
export function createSeriesTables(workloads) {
  const names = [...new Set(workloads.map(({ workload }) => workload.series))];
  return names.map((name) => {
    const points = workloads.filter(({ workload }) => workload.series === name);
    return createSeriesTable(name, points);
  });
}

function createSeriesTable(name, points) {
  const [{ workload, results }] = points;
  const figures = FIGURES[workload.measure];
  const columns = results.flatMap((_, at) =>
    figures.map(([label, figure]) => ({ at, label, figure })),
  );
  return {
    title: `As ${name} grow`,
    head: [name, ...columns.map(({ at, label }) => `${results[at].peer}: ${label}`)],
    rows: points.map((one) => [
      String(one.workload.x),
      ...columns.map(({ at, figure }) => round(median(one.results[at].rounds.map(figure)))),
    ]),
  };
}

function round(value) {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
