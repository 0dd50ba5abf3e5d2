// `npm run soak`: a real application under visitors of every kind, and what they leave behind.
import { parseArgs } from 'node:util';
import { Display, writeVerdict } from './display.mjs';
import { soak } from './soak.mjs';

const HELP = `npm run soak -- [options]
  --minutes n      how long, after the warm-up (10)
  --connections n  how many at a time (400)
  --seed n         of what the visitors do
  --json           everything measured, as JSON on stdout`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '400' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}

function readNumber(name) {
  const number = Number(values[name]);
  if (number >= 0) return number;
  console.error(`--${name} ${values[name]}: a number was expected`);
  return process.exit(2);
}

const seconds = readNumber('minutes') * 60;
const connections = readNumber('connections');
const seed = readNumber('seed');
const out = values.json ? process.stderr : process.stdout;
out.write(`${connections} connections at a time for ${values.minutes} minutes, seed ${seed}\n`);
const display = new Display(out, seconds);
const report = await soak({
  seconds,
  connections,
  seed,
  onSample: (sample, load) => display.take(sample, load),
});
const failed = report.verdict.filter(({ isRight }) => !isRight);
if (values.json) console.log(JSON.stringify(report, undefined, 2));
else console.log(`\n${writeVerdict(report.verdict)}`);
out.write(failed.length === 0 ? '\npassed\n' : `\nFAILED: ${failed.length} things\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
