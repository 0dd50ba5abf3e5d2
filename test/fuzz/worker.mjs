import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { LAYERS } from './layers.mjs';

/** Held memory may differ by this much between two looks; a leak passes it in no time. */
const MEMORY_SLACK = 96 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const { layer, firstSeed, cases, deadline, role, shared } = workerData;
const runCase = await LAYERS[layer](role);
const progress = new Float64Array(shared);
const toldTypes = {};

function heldMemory() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Runs until the deadline or the last case; posts how it ended. */
async function runAll() {
  let held;
  let nextLook = Date.now() + 2000;
  for (let count = 0; count < cases && Date.now() < deadline; count++) {
    const seed = (firstSeed + count) >>> 0;
    progress[0] = count;
    progress[1] = seed;
    try {
      const { size, told } = await runCase(seed);
      progress[2] += size;
      for (const name of told) toldTypes[name] = (toldTypes[name] ?? 0) + 1;
    } catch (error) {
      return { seed, failure: error.stack ?? String(error) };
    }
    // What was closed is only let go of when the event loop turns.
    if (count % 50 === 0) await setImmediate();
    if (Date.now() < nextLook) continue;
    nextLook = Date.now() + 2000;
    const now = heldMemory();
    held ??= now;
    progress[3] = now;
    if (now - held > MEMORY_SLACK) return { seed, failure: `memory grew from ${held} to ${now}` };
  }
  return { toldTypes };
}

parentPort.postMessage(await runAll());
