import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { Child } from '../bench/child.mjs';
import { createTally, Load } from './load.mjs';
import { judge } from './verdict.mjs';

/** Of the run; until then everything that is made once gets made. */
const WARM_UP = 0.2;
const MIN_WARM_UP_MS = 4_000;
/** Closing handshakes and heartbeats take their time; a leak takes for ever. */
const EMPTY_WITHIN_MS = 15_000;
const SAMPLES = 60;
const MIN_SAMPLE_MS = 500;

/**
 * Puts an application through a soak: visitors of every kind for so long, then nobody. Answers with
 * all that was measured and the verdict, line by line.
 *
 * @param options `seconds`, `connections` at a time, `seed`; `onSample` is told each sample, with the
 * visitors' tally so far
 */
export async function soak({ seconds, connections, seed, onSample = () => {} }) {
  compileApp();
  const app = await Child.start(fileURLToPath(new URL('app/dist/main.js', import.meta.url)), {
    nodeOptions: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
  });
  try {
    const run = await runPhases(app, { seconds, connections, seed, onSample });
    return { seed, ...run, verdict: judge(run) };
  } finally {
    await app.stop();
  }
}

async function runPhases(app, { seconds, connections, seed, onSample }) {
  const load = new Load(app.ready.port, seed);
  load.start(connections);
  await wait(Math.max(MIN_WARM_UP_MS, seconds * 1000 * WARM_UP));
  const before = await empty(app, load);
  load.tally = createTally();
  load.start(connections);
  const samples = await sampleFor(app, load, seconds * 1000, onSample);
  const after = await empty(app, load);
  const { tally, faults, faultCount, visits } = load;
  return { before, after, samples, tally, faults, faultCount, visits };
}

async function sampleFor(app, load, ms, onSample) {
  const samples = [];
  const start = performance.now();
  const every = Math.max(MIN_SAMPLE_MS, ms / SAMPLES);
  for (let due = every; due <= ms; due += every) {
    await wait(start + due - performance.now());
    const sample = { at: (performance.now() - start) / 1000, ...(await app.ask('sample')) };
    samples.push(sample);
    onSample(sample, load);
  }
  return samples;
}

/** Lets everybody go, waits for what the application still has to do, and looks what is left. */
async function empty(app, load) {
  await load.stop();
  const deadline = performance.now() + EMPTY_WITHIN_MS;
  for (;;) {
    const left = Object.values(await app.ask('open')).reduce((sum, count) => sum + count, 0);
    if (left === 0 || performance.now() > deadline) return app.ask('inventory');
    await wait(50);
  }
}

/** Decorators need a compiler: app to app/dist, which is not committed. */
function compileApp() {
  const project = fileURLToPath(new URL('app', import.meta.url));
  const { status } = spawnSync('npx', ['--no-install', 'tsc', '-p', project], {
    cwd: project,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the application of the soak does not compile');
}
