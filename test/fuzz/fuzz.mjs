// Feeds random and damaged byte streams to the built engine: npm run fuzz -- --seconds 60
//   --seed N      the first case; alone, the only one (to see a failure again)
//   --role R      server or client; default both
//   --cases N     stop after so many
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

/** A case takes milliseconds; one that takes this long does not end. */
const HANGS_AFTER = 20_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    seed: { type: 'string' },
    cases: { type: 'string' },
    role: { type: 'string' },
  },
});

function readNumber(name, fallback) {
  const number = values[name] === undefined ? fallback : Number(values[name]);
  if (number >= 0) return number;
  console.error(`--${name} ${values[name]}: a number from 0 up was expected`);
  return process.exit(2);
}

const firstSeed = readNumber('seed', Math.floor(Math.random() * 2 ** 32));
const isReplay = values.seed !== undefined && values.seconds === undefined;
const cases = readNumber('cases', isReplay ? 1 : Infinity);
const seconds = readNumber('seconds', 60);
if (![undefined, 'server', 'client'].includes(values.role)) {
  console.error('--role: server or client was expected');
  process.exit(2);
}

const shared = new SharedArrayBuffer(4 * 8);
const progress = new Float64Array(shared);
const startedAt = Date.now();
const deadline = isReplay ? Infinity : startedAt + seconds * 1000;
const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
  workerData: { firstSeed, cases, deadline, role: values.role, shared },
});
console.log(`fuzzing from seed ${firstSeed}`);

function describeFailure(seed, failure) {
  const role = values.role === undefined ? '' : ` --role ${values.role}`;
  console.log(`\nFAILED at seed ${seed}:\n${failure}`);
  console.log(`\nsee it again: npm run fuzz -- --seed ${seed}${role}`);
  process.exitCode = 1;
}

let lastCount = -1;
let movedAt = Date.now();
const ticker = setInterval(() => {
  const [count, seed, bytes, held] = progress;
  const elapsed = Math.round((Date.now() - startedAt) / 1000);
  const megabytes = (value) => (value / 2 ** 20).toFixed(1);
  console.log(
    `${elapsed} s: ${count} cases, ${megabytes(bytes)} MiB read, ${megabytes(held)} MiB held`,
  );
  if (count !== lastCount) movedAt = Date.now();
  lastCount = count;
  if (Date.now() - movedAt < HANGS_AFTER) return;
  describeFailure(seed, 'the case does not end');
  process.exit(1);
}, 1000);

worker.on('message', ({ seed, failure, toldTypes }) => {
  clearInterval(ticker);
  if (failure !== undefined) describeFailure(seed, failure);
  else {
    const told = Object.entries(toldTypes).toSorted((a, b) => b[1] - a[1]);
    console.log(told.map(([name, count]) => `${count} ${name}`).join(', '));
    console.log(`ok: ${progress[0] + 1} cases from seed ${firstSeed}`);
  }
});
worker.on('error', (error) => {
  clearInterval(ticker);
  describeFailure(progress[1], error.stack);
});
