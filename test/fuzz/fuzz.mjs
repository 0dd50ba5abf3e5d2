// Feeds random and damaged input to the built package: npm run fuzz -- --seconds 60
//   --layer L     frame (bytes, the engine), message (what clients ask of an application) or
//                 client (what servers tell the client); default all
//   --seed N      the first case; alone, the only one (to see a failure again)
//   --role R      of the frame layer: server or client; default both
//   --cases N     stop after so many
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

/** A case takes milliseconds; one that takes this long does not end. */
const HANGS_AFTER = 20_000;
const LAYERS = ['frame', 'message', 'client'];

const { values } = parseArgs({
  options: {
    layer: { type: 'string' },
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

function readChoice(name, choices) {
  if ([undefined, ...choices].includes(values[name])) return values[name];
  console.error(`--${name}: ${choices.join(' or ')} was expected`);
  return process.exit(2);
}

const firstSeed = readNumber('seed', Math.floor(Math.random() * 2 ** 32));
const isReplay = values.seed !== undefined && values.seconds === undefined;
const cases = readNumber('cases', isReplay ? 1 : Infinity);
const role = readChoice('role', ['server', 'client']);
const layer = readChoice('layer', LAYERS);
const layers = layer === undefined ? LAYERS : [layer];
const seconds = readNumber('seconds', 60) / layers.length;

/** Resolves with whether nothing was found. */
async function fuzz(name) {
  const progress = new Float64Array(new SharedArrayBuffer(4 * 8));
  const deadline = isReplay ? Infinity : Date.now() + seconds * 1000;
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { layer: name, firstSeed, cases, deadline, role, shared: progress.buffer },
  });
  console.log(`fuzzing the ${name} layer from seed ${firstSeed}`);
  const [{ seed, failure, toldTypes }] = await Promise.race([
    once(worker, 'message').catch((error) => [{ seed: progress[1], failure: error.stack }]),
    watch(name, progress),
  ]);
  stopWatching();
  await worker.terminate();
  if (failure !== undefined) return describeFailure(name, seed, failure);
  const told = Object.entries(toldTypes).toSorted((a, b) => b[1] - a[1]);
  console.log(told.map(([what, count]) => `${count} ${what}`).join(', '));
  console.log(`ok: ${progress[0] + 1} cases from seed ${firstSeed}`);
  return true;
}

let ticker;

function stopWatching() {
  clearInterval(ticker);
}

/** Says how far it is; resolves with a failure when a case does not end. */
function watch(name, progress) {
  const startedAt = Date.now();
  let lastCount = -1;
  let movedAt = startedAt;
  return new Promise((resolve) => {
    ticker = setInterval(() => {
      const [count, seed, size, held] = progress;
      const elapsed = Math.round((Date.now() - startedAt) / 1000);
      const done = name === 'frame' ? `${mebibytes(size)} read` : `${size} steps`;
      console.log(`${elapsed} s: ${count} cases, ${done}, ${mebibytes(held)} held`);
      if (count !== lastCount) movedAt = Date.now();
      lastCount = count;
      if (Date.now() - movedAt < HANGS_AFTER) return;
      resolve([{ seed, failure: 'the case does not end' }]);
    }, 1000);
  });
}

function mebibytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function describeFailure(name, seed, failure) {
  const chosen = role === undefined ? '' : ` --role ${role}`;
  console.log(`\nFAILED at seed ${seed}:\n${failure}`);
  console.log(`\nsee it again: npm run fuzz -- --layer ${name} --seed ${seed}${chosen}`);
  return false;
}

for (const name of layers) {
  if (!(await fuzz(name))) process.exitCode = 1;
}
