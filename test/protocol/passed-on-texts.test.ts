import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createClientWorkspace, createServerWorkspace } from '../../lib/protocol/workspace.js';
import { FIN, frame, masked, TEXT } from '../vectors/wire.js';
import { openEndpoint, otherRole, transfer } from './endpoints.js';

// The text that was read last is sent on as the bytes it came in, while these are there: nobody may
// see that.

const WORKSPACES = { server: createServerWorkspace, client: createClientWorkspace };

/** Of few lengths and characters, so that others are often like it; too long to be gathered. */
const anyText = fc
  .array(fc.constantFrom('é', 'ü', '€', '日', '😀', 'a'), { minLength: 14, maxLength: 15 })
  .map((characters) => characters.join('').repeat(10));

/** A text that comes, what is done about it, and another text to be sent. */
const step = fc.record({
  text: anyText,
  act: fc.constantFrom('pass on', 'answer', 'pause', 'fail', 'wait'),
  other: anyText,
});

describe.each(['server', 'client'] as const)('texts that a %s passes on', (role) => {
  it('arrive as they are, whenever they are sent', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(1), (steps, cut) => {
        const workspace = WORKSPACES[role]();
        const from = openEndpoint({ role, workspace });
        const to = openEndpoint({ role, workspace });
        const frames = steps.map(({ text }) =>
          (role === 'server' ? masked : frame)(FIN | TEXT, text),
        );
        // It ends in the middle of a frame, or between two.
        const chunk = Buffer.concat(frames).subarray(0, cut === 0 ? undefined : -cut);
        const memory = workspace.readBuffer ?? Buffer.alloc(chunk.length);
        chunk.copy(memory);
        from.receive(memory, chunk.length);
        const sent: string[] = [];
        const send = (each: string): void => {
          to.sendText(each);
          sent.push(each);
        };
        for (const { text, act, other } of steps) {
          if (from.nextEvent() === undefined) break;
          if (act === 'pause') from.retainInput();
          if (act === 'fail') from.fail(1001, '');
          // Then the memory is the transport's again.
          if (act === 'pause' || act === 'fail') memory.fill(0xff);
          if (act === 'answer') send(other);
          if (act !== 'wait') send(text);
        }
        from.nextEvent();
        memory.fill(0xff);
        for (const { text } of steps) send(text);
        const told = transfer(to, openEndpoint({ role: otherRole(role) }));
        expect(told).toEqual(sent.map((each) => ['text', each]));
      }),
      { numRuns: 500 },
    );
  });

  it('are not encoded again', () => {
    const workspace = WORKSPACES[role]();
    const endpoint = openEndpoint({ role, workspace });
    const long = '日本語'.repeat(50);
    endpoint.receive((role === 'server' ? masked : frame)(FIN | TEXT, long));
    endpoint.nextEvent();
    const copy = vi.spyOn(workspace.latestText, 'copyTo');
    endpoint.sendText(long);
    expect(copy).toHaveLastReturnedWith(Buffer.byteLength(long));
    endpoint.sendText(`${long}!`);
    expect(copy).toHaveLastReturnedWith(0);
  });
});
