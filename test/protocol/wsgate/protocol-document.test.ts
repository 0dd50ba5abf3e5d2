import { describe, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../../lib/protocol/wsgate/close-codes.js';
import { ERROR_CODES } from '../../../lib/protocol/wsgate/error-codes.js';
import { readClientMessage } from '../../../lib/protocol/wsgate/read-client-message.js';
import { readServerMessage } from '../../../lib/protocol/wsgate/read-server-message.js';
import { blocksOf, tableWithHeader } from './protocol-document.js';

type Example = Readonly<Record<string, unknown>>;

const clientExamples = blocksOf('json client').map((text) => JSON.parse(text) as Example);
const serverExamples = blocksOf('json server').map((text) => JSON.parse(text) as Example);

/** The lines of the annotated session, comments left out. */
const session = blocksOf('wsgate')
  .flatMap((text) => text.trim().split('\n'))
  .filter((line) => !line.startsWith('#'))
  .map((line) => ({ from: line.slice(0, 2), message: JSON.parse(line.slice(2)) as Example }));

describe('PROTOCOL.md', () => {
  it('prints the error codes as they are', () => {
    const rows = Object.entries(ERROR_CODES).map(([code, { status, meaning, advice }]) => [
      code,
      `${status}`,
      meaning,
      advice,
    ]);
    expect(tableWithHeader('code', 'status', 'meaning', 'what to do')).toEqual(rows);
  });

  it('prints the close codes as they are', () => {
    const rows = Object.entries(CLOSE_CODES).map(([code, { meaning, reconnect }]) => [
      code,
      meaning,
      reconnect,
    ]);
    expect(tableWithHeader('code', 'meaning', 'reconnect')).toEqual(rows);
  });

  it('shows every message a client may send', () => {
    const kinds = clientExamples.map((example) => readClientMessage(example).kind);
    expect(new Set(kinds)).toEqual(new Set(['event', 'call', 'credit', 'cancel', 'ping']));
  });

  it('shows every message a server may send', () => {
    const ops = serverExamples.map(({ op }) => op ?? 'push');
    const all = ['reply', 'next', 'complete', 'error', 'push', 'goaway', 'pong'];
    expect(new Set(ops)).toEqual(new Set(all));
  });

  it.each(serverExamples)('shows a message that is one: %o', (example) => {
    const message = readServerMessage(example);
    // Nothing of the example is lost, so nothing in it is misspelt.
    expect(JSON.parse(JSON.stringify(message))).toEqual(example);
  });

  it('shows error codes and statuses that belong together', () => {
    for (const { error } of serverExamples) {
      const { code, status } = (error ?? {}) as { code?: string; status?: number };
      const known = (ERROR_CODES as Readonly<Record<string, { status: number }>>)[code ?? ''];
      if (known !== undefined) expect(status).toBe(known.status);
    }
  });

  it('annotates a session that keeps the rules', () => {
    const open = new Map<unknown, 'called' | 'streaming' | 'cancelled'>();
    for (const { from, message } of session) {
      const { id, op } = message;
      if (from === 'C ') {
        const { kind } = readClientMessage(message);
        expect(kind).not.toBe('bad');
        if (kind === 'call') expect(open.has(id)).toBe(false);
        if (kind === 'call') open.set(id, 'called');
        if (kind === 'cancel') open.set(id, 'cancelled');
      } else {
        expect(from).toBe('S ');
        expect(readServerMessage(message)).toBeDefined();
        if (id !== undefined) expect(open.has(id)).toBe(true);
        if (op === 'reply' || op === 'complete' || op === 'error') open.delete(id);
      }
    }
    expect([...open.values()]).toEqual(['cancelled']);
  });
});
