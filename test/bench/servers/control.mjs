// The channel a server process is measured through. Idle while the load runs.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The workload this server is for. */
export const workload = JSON.parse(process.argv[2]);

const NANOSECONDS_PER_MICROSECOND = 1000;

const delay = monitorEventLoopDelay({ resolution: 1 });

const ANSWERS = {
  cpu: () => process.cpuUsage(),
  memory() {
    for (let i = 0; i < 3; i++) globalThis.gc();
    return process.memoryUsage();
  },
  watchDelay() {
    delay.reset();
    delay.enable();
  },
  /** How late timers of a millisecond were since `watchDelay`, in microseconds. */
  delay() {
    delay.disable();
    const at = (percentile) => delay.percentile(percentile) / NANOSECONDS_PER_MICROSECOND;
    return { p50: at(50), p99: at(99), max: delay.max / NANOSECONDS_PER_MICROSECOND };
  },
};

/** Says that the server listens, and answers what it is asked until its parent goes. */
export function serveControl(port) {
  process.on('message', ({ id, ask }) => {
    process.send({ id, answer: ANSWERS[ask]() });
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true, port });
}

/** The same for the primary of a cluster: ready when every worker is, and the sum of their CPU times. */
export async function answerTogether(workers) {
  const [{ port }] = await Promise.all(workers.map((worker) => nextMessage(worker)));
  process.on('message', ({ id, ask }) => {
    void sumTimes(workers, { id, ask }).then((answer) => process.send({ id, answer }));
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true, port });
}

async function sumTimes(workers, request) {
  const times = await Promise.all(workers.map((worker) => question(worker, request)));
  const sum = (key) => times.reduce((total, { answer }) => total + answer[key], 0);
  return { user: sum('user'), system: sum('system') };
}

function question(worker, request) {
  worker.send(request);
  return nextMessage(worker);
}

function nextMessage(worker) {
  return new Promise((resolve) => worker.once('message', resolve));
}
