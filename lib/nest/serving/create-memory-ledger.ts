import { MemoryLedger } from '../../server/limits/memory-ledger.js';
import { SafeLogger } from '../errors/safe-logger.js';
import { assertValues } from '../options/option-kinds.js';
import type { WsModuleOptions } from '../options/ws-module-options.js';
import { MODULE_KINDS } from '../options/ws-option-kinds.js';

const MIB = 1024 * 1024;

/**
 * The ledger for the options of `WsModule`; a factory of the application may have returned none. It
 * is made before the others are checked.
 *
 * @throws InvalidUse for an invalid ceiling.
 */
export function createModuleLedger(options: WsModuleOptions | undefined): MemoryLedger {
  const { memoryCeiling } = options ?? {};
  assertValues(MODULE_KINDS, { memoryCeiling }, 'WsModule: ');
  return createMemoryLedger(memoryCeiling);
}

/** The ledger of an application: it logs each level once as it is entered, and once as it is left. */
export function createMemoryLedger(ceiling: number | undefined): MemoryLedger {
  const logger = new SafeLogger('WsMemory');
  return new MemoryLedger(ceiling, (level, before, heldBytes) => {
    const held = `${toMib(heldBytes)} MiB of ${toMib(ceiling ?? 0)} MiB`;
    logger.warn(`${before} -> ${level}: connections hold ${held}`);
  });
}

function toMib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
