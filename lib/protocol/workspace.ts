import { Masker } from './frame/masker.js';
import { MaskingKeys } from './frame/masking-keys.js';
import { SlabPool } from './output/slab-pool.js';

/** Room for 32 messages of 1 KiB in one write. */
const SLAB_SIZE = 64 * 1024;

/** Tools and buffers that all endpoints of a server share, so that an idle connection holds none of its own. */
export interface Workspace {
  readonly masker: Masker;
  readonly maskingKeys: MaskingKeys;
  readonly slabs: SlabPool;
}

/** A workspace; `slabSize` is in bytes, 64 KiB by default. */
export function createWorkspace(slabSize: number = SLAB_SIZE): Workspace {
  return {
    masker: new Masker(),
    maskingKeys: new MaskingKeys(),
    slabs: new SlabPool(slabSize),
  };
}
