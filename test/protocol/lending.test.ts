import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import { Lender } from '../../lib/protocol/lender.js';
import { createServerWorkspace } from '../../lib/protocol/workspace.js';
import { FIN, masked, PING, TEXT } from '../vectors/wire.js';
import { openEndpoint, readAll, takeBytes } from './endpoints.js';

/** A workspace that counts what it has lent and not got back. */
function countedWorkspace() {
  const workspace = createServerWorkspace();
  const out = { readers: 0, writers: 0 };
  const count = <Thing>(name: keyof typeof out, lender: Lender<Thing>) =>
    Object.assign(Object.create(lender) as Lender<Thing>, {
      take: () => (out[name]++, lender.take()),
      give: (thing: Thing) => (out[name]--, lender.give(thing)),
    });
  const readers = count('readers', workspace.readers);
  const writers = count('writers', workspace.writers);
  return { out, workspace: { ...workspace, readers, writers } };
}

const HELLO = masked(FIN | TEXT, 'hello');
const IDLE = { readers: 0, writers: 0 };

function receive(endpoint: Endpoint, bytes: Buffer): void {
  endpoint.receive(Buffer.from(bytes));
}

describe('an endpoint', () => {
  it('holds nothing before, between and after messages', () => {
    const { out, workspace } = countedWorkspace();
    const endpoint = openEndpoint({ role: 'server', workspace });
    expect(out).toEqual(IDLE);
    receive(endpoint, HELLO);
    expect(readAll(endpoint)).toEqual([['text', 'hello']]);
    expect(out).toEqual(IDLE);
    endpoint.sendText('answer');
    expect(out).toEqual({ readers: 0, writers: 1 });
    takeBytes(endpoint);
    expect(out).toEqual(IDLE);
  });

  it.each([
    ['a header', HELLO.subarray(0, 1)],
    ['a payload', HELLO.subarray(0, 8)],
    ['a message', masked(TEXT, 'hel')],
    ['a control frame', masked(FIN | PING, 'hello').subarray(0, 8)],
  ])('holds a reader while %s is cut, and until it ends', (_, cut) => {
    const { out, workspace } = countedWorkspace();
    const endpoint = openEndpoint({ role: 'server', workspace });
    receive(endpoint, cut);
    expect(readAll(endpoint)).toEqual([]);
    expect(out).toEqual({ readers: 1, writers: 0 });
    endpoint.dispose();
    expect(out).toEqual(IDLE);
    // The next to have it finds no trace.
    const next = openEndpoint({ role: 'server', workspace });
    receive(next, HELLO);
    expect(readAll(next)).toEqual([['text', 'hello']]);
  });

  it('holds nothing once the connection has failed, whatever still arrives', () => {
    const { out, workspace } = countedWorkspace();
    const endpoint = openEndpoint({ role: 'server', workspace });
    receive(endpoint, Buffer.concat([masked(FIN | 0x70 | TEXT, 'x'), HELLO]));
    expect(readAll(endpoint)).toEqual([['violation', 'reserved-bits']]);
    receive(endpoint, HELLO);
    expect(readAll(endpoint)).toEqual([]);
    takeBytes(endpoint);
    expect(out).toEqual(IDLE);
  });

  it('never mixes its bytes into another’s message, in memory that both use in turn', () => {
    const workspace = createServerWorkspace();
    const [one, other] = [
      openEndpoint({ role: 'server', workspace }),
      openEndpoint({ role: 'server', workspace }),
    ];
    const [large, own, foreign] = ['x', 'a', 'b'].map((letter) => letter.repeat(200_000)) as [
      string,
      string,
      string,
    ];
    receive(one, masked(TEXT, large));
    receive(one, masked(FIN, ''));
    expect(readAll(one)).toEqual([['text', large]]);
    // That memory is free now, and used by whoever is next.
    receive(one, masked(TEXT, own));
    expect(readAll(one)).toEqual([]);
    receive(other, masked(TEXT, foreign));
    expect(readAll(other)).toEqual([]);
    receive(one, masked(FIN, ''));
    expect(readAll(one)).toEqual([['text', own]]);
    receive(other, masked(FIN, ''));
    expect(readAll(other)).toEqual([['text', foreign]]);
  });

  it('keeps its writer between the fragments of a message', () => {
    const { out, workspace } = countedWorkspace();
    const endpoint = openEndpoint({ role: 'server', workspace });
    endpoint.sendText('one', { fin: false });
    takeBytes(endpoint);
    expect(out).toEqual({ readers: 0, writers: 1 });
    endpoint.sendText('two');
    takeBytes(endpoint);
    expect(out).toEqual(IDLE);
  });

  it('keeps its writer until what was taken has been written', () => {
    const { out, workspace } = countedWorkspace();
    const endpoint = openEndpoint({ role: 'server', workspace });
    endpoint.sendText('one');
    endpoint.takeOutput();
    expect(out).toEqual({ readers: 0, writers: 1 });
    endpoint.releaseOutput();
    expect(out).toEqual(IDLE);
  });
});
