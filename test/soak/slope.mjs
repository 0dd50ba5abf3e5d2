import { median } from '../bench/statistics.mjs';

/**
 * How much a figure grows over a unit of `at`, by Theil and Sen: the median of the slopes of all
 * pairs, which a few wild samples do not move.
 *
 * @param {readonly { readonly at: number, readonly value: number }[]} points
 */
export function slopeOf(points) {
  const slopes = points.flatMap((one, index) =>
    points.slice(index + 1).map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}
