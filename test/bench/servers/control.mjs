// The channel a server process is measured through. Idle while the load runs.

/** The workload this server is for. */
export const workload = JSON.parse(process.argv[2]);

const ANSWERS = {
  cpu: () => process.cpuUsage(),
  memory() {
    for (let i = 0; i < 3; i++) globalThis.gc();
    return process.memoryUsage();
  },
};

/** Says that the server listens, and answers what it is asked until its parent goes. */
export function serveControl(port) {
  process.on('message', ({ id, ask }) => {
    if (ask === 'stop') process.exit();
    else process.send({ id, answer: ANSWERS[ask]() });
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true, port });
}
