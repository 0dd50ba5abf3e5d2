import { labelOf } from './labels.mjs';
import { summarizeRun } from './summary.mjs';

const WIDTH = 760;
const LEFT = 290;
const RIGHT = 150;
const TOP = 50;
const BAR = 16;
const ROW = 24;
const HEADING = 30;
const GREATEST = 32;
const MARKS = [1, 2, 4, 8, 16, 32];
const COLOURS = { bar: '#2f6fde', text: '#1f2933', faint: '#8794a3', line: '#e3e8ee' };

/**
 * The summary as an SVG: one bar per workload, as long as the factor against the first baseline, on
 * a logarithmic scale that begins at the baseline.
 */
export function drawChart(workloads) {
  const bars = summarizeRun(workloads.filter(({ workload }) => workload.measure !== 'latency'));
  const rows = placeRows(bars);
  const height = rows.at(-1).top + ROW + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="${COLOURS.text}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="24" font-size="15" font-weight="600">How many times less server CPU, or memory, than the peer</text>`,
    ...MARKS.map((mark) => drawMark(mark, height)),
    ...rows.map(({ heading, bar, top }) =>
      bar === undefined ? drawHeading(heading, top) : drawBar(bar, top),
    ),
    '</svg>',
    '',
  ].join('\n');
}

/** Bars under the heading of what they are about. */
function placeRows(bars) {
  const rows = [];
  let top = TOP;
  let last;
  for (const bar of bars) {
    const [heading, label] = labelOf(bar.workload);
    if (heading !== last) {
      rows.push({ heading, top });
      top += HEADING;
      last = heading;
    }
    rows.push({ bar: { ...bar, label }, top });
    top += ROW;
  }
  return rows;
}

function drawMark(mark, height) {
  const x = LEFT + lengthOf(mark);
  return [
    `<line x1="${x}" y1="${TOP}" x2="${x}" y2="${height - 10}" stroke="${COLOURS.line}"/>`,
    `<text x="${x}" y="${TOP - 6}" text-anchor="middle" font-size="11" fill="${COLOURS.faint}">${mark}x</text>`,
  ].join('');
}

function drawHeading(heading, top) {
  return `<text x="12" y="${top + 21}" font-weight="600">${heading}</text>`;
}

function drawBar({ label, times: [[baseline, factor]] }, top) {
  const width = Math.max(2, lengthOf(factor));
  const middle = top + BAR - 4;
  return [
    `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${label}</text>`,
    `<rect x="${LEFT}" y="${top}" width="${width}" height="${BAR}" rx="2" fill="${COLOURS.bar}"/>`,
    `<text x="${LEFT + width + 8}" y="${middle}">${factor.toPrecision(2)}x ${baseline}</text>`,
  ].join('');
}

function lengthOf(factor) {
  const share = Math.log(factor) / Math.log(GREATEST);
  return Math.round((WIDTH - LEFT - RIGHT) * Math.min(1, Math.max(0, share)));
}
