/**
 * The shortest list that still fails, by leaving out ever smaller pieces of it.
 *
 * @param fails whether a list fails; awaited
 */
export async function shrink(list, fails) {
  let best = list;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.length - size; at > -size; at -= size) {
      const shorter = best.toSpliced(Math.max(at, 0), size);
      if (shorter.length < best.length && (await fails(shorter))) best = shorter;
    }
  }
  return best;
}
