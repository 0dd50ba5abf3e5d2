import { summarizeRun } from './summary.mjs';

const WIDTH = 720;
const BAR_HEIGHT = 18;
const STEP = 28;
const LEFT = 210;
const RIGHT = 150;
const TOP = 44;
const GREATEST = 32;

/**
 * The summary as an SVG: one bar per workload, as long as the factor against the first baseline, on
 * a logarithmic scale that begins at the baseline.
 */
export function drawChart(workloads) {
  const bars = summarizeRun(workloads).filter(({ name }) => !name.startsWith('latency'));
  const height = TOP + bars.length * STEP + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="24" font-size="15" font-weight="600">How many times less server CPU (or memory) than the peer</text>`,
    ...bars.map((bar, at) => drawBar(bar, TOP + at * STEP)),
    '</svg>',
    '',
  ].join('\n');
}

function drawBar({ name, times: [[baseline, factor]] }, top) {
  const room = WIDTH - LEFT - RIGHT;
  const share = Math.min(1, Math.max(0, Math.log(factor) / Math.log(GREATEST)));
  const width = Math.max(2, Math.round(room * share));
  const middle = top + BAR_HEIGHT - 5;
  return [
    `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${name}</text>`,
    `<rect x="${LEFT}" y="${top}" width="${width}" height="${BAR_HEIGHT}" rx="2" fill="#2f6fde"/>`,
    `<text x="${LEFT + width + 8}" y="${middle}">${factor.toPrecision(2)}x ${baseline}</text>`,
  ].join('');
}
