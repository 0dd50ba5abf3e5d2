import { WsClient } from 'nestjs-wsgate/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Puppet } from './puppet.js';
import { runCell } from './run-cell.js';
import { listCells } from './table.js';

describe("a client's life in Node", () => {
  const puppet = new Puppet();
  beforeAll(() => puppet.start());
  afterAll(() => puppet.stop());

  it.each(listCells('node'))('%s: %s', async (state, event, expected) => {
    const create = (...args: ConstructorParameters<typeof WsClient>) => new WsClient(...args);
    expect(await runCell({ origin: puppet.url, create }, state, event)).toBe(expected);
  });
});
