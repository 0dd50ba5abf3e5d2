import { WsClient } from 'nestjs-wsgate/client';
import { runCell } from './run-cell.js';
import { listCells } from './table.js';

/**
 * What a browser loads: runs the table and posts what came of it. One cell after another, because a
 * browser makes only one connection to a host at a time.
 */
const results: Record<string, string> = {};
for (const [state, event] of listCells('browser')) {
  const setting = {
    origin: new URL(import.meta.url).origin,
    create: (...args: ConstructorParameters<typeof WsClient>) => new WsClient(...args),
  };
  results[`${state}: ${event}`] = await runCell(setting, state, event);
}
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
