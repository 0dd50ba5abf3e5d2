import { InvalidUse } from '../../protocol/invalid-use.js';

/**
 * A Set that an application may look at and not change: whoever took something out of it would
 * leave the other books of its owner wrong. Its owner changes it with {@link addShown} and
 * {@link deleteShown}.
 */
export class ShownSet<Item> extends Set<Item> {
  override add(): never {
    return refuse('add');
  }

  override delete(): never {
    return refuse('delete');
  }

  override clear(): never {
    return refuse('clear');
  }
}

/** Adds an item. */
export function addShown<Item>(set: ShownSet<Item>, item: Item): void {
  Set.prototype.add.call(set, item);
}

/** Removes an item. Returns false if it was not there. */
export function deleteShown<Item>(set: ShownSet<Item>, item: Item): boolean {
  return Set.prototype.delete.call(set, item);
}

function refuse(method: string): never {
  throw new InvalidUse(
    `${method}: this Set only shows what there is; join(), leave() and close() of a connection ` +
      'change it',
  );
}
