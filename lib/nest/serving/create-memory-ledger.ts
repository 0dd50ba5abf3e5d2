import { Logger } from '@nestjs/common';
import { MemoryLedger } from '../../server/memory-ledger.js';

const MIB = 1024 * 1024;

/** The ledger of an application: it logs each level once as it is entered, and once as it is left. */
export function createMemoryLedger(ceiling: number | undefined): MemoryLedger {
  const logger = new Logger('WsMemory');
  return new MemoryLedger(ceiling, (level, before, heldBytes) => {
    logger.warn(
      `${before} -> ${level}: connections hold ${(heldBytes / MIB).toFixed(1)} MiB of ${((ceiling ?? 0) / MIB).toFixed(1)} MiB`,
    );
  });
}
