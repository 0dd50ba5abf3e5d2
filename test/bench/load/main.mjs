// The load generator's process: opens groups of connections and drives them when told to, over IPC.
import { openGroup } from './group.mjs';
import { createSocketFactory } from './raw-socket.mjs';

const openSocket = createSocketFactory();
const groups = new Map();
let current = '';

const ANSWERS = {
  async open({ key, ...target }) {
    groups.set(key, await openGroup(openSocket, target));
  },
  run({ key, count }) {
    current = key;
    return groups.get(key).run(count);
  },
  close({ key }) {
    groups.get(key).close();
    groups.delete(key);
  },
};

process.on('message', ({ id, ask, ...request }) => {
  Promise.resolve(ANSWERS[ask](request)).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: error.stack }),
  );
});
process.on('uncaughtException', (error) => {
  process.send({ fatal: `${current}: ${error.stack}` });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
