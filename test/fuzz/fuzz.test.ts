import { describe, expect, it } from 'vitest';
import * as engine from '../../lib/protocol/index.js';
import { RULES } from '../../lib/protocol/rules.js';
import { Fuzzer } from './fuzz-case.mjs';

const CASES = 1000;

describe('whatever a peer sends', () => {
  it.each(['server', 'client'] as const)(
    'a %s tells events or one violation, however the bytes are cut',
    (role) => {
      const fuzzer = new Fuzzer(engine);
      const told = new Set<unknown>();
      for (let seed = 0; seed < CASES; seed++) {
        try {
          const { events } = fuzzer.run(seed, role);
          for (const [type, rule] of events) told.add(type === 'violation' ? rule : type);
        } catch (error) {
          throw new Error(`seed ${seed}, role ${role}`, { cause: error });
        }
      }
      // A fuzzer that never comes as far as the rules would find nothing wrong with them.
      const rules = Object.keys(RULES).filter((rule) => told.has(rule));
      expect(rules.length).toBeGreaterThan(10);
      expect([...told]).toEqual(
        expect.arrayContaining(['text', 'binary', 'ping', 'pong', 'close']),
      );
    },
  );

  it('is the same case again for the same seed', () => {
    const [first, again] = [new Fuzzer(engine), new Fuzzer(engine)];
    for (let seed = 0; seed < 30; seed++) expect(first.run(seed)).toEqual(again.run(seed));
  });
});

describe('the fuzzer finds', () => {
  /** The engine with one thing wrong with its endpoints. */
  function fuzzBroken(Broken: typeof engine.Endpoint): () => void {
    const fuzzer = new Fuzzer({ ...engine, Endpoint: Broken });
    return () => {
      for (let seed = 0; seed < 300; seed++) fuzzer.run(seed);
    };
  }

  it('an exception', () => {
    class Broken extends engine.Endpoint {
      override nextEvent(): engine.ProtocolEvent | undefined {
        const event = super.nextEvent();
        if (event?.type === 'close') throw new TypeError('oops');
        return event;
      }
    }
    expect(fuzzBroken(Broken)).toThrow('oops');
  });

  it('a lost byte where a chunk ends', () => {
    class Broken extends engine.Endpoint {
      override receive(chunk: Uint8Array): void {
        super.receive(chunk.length === 7 ? chunk.subarray(1) : chunk);
      }
    }
    expect(fuzzBroken(Broken)).toThrow(/cuts matter|a valid session/);
  });

  it('output without end', () => {
    class Broken extends engine.Endpoint {
      override takeOutput(): readonly Buffer[] {
        return [...super.takeOutput(), Buffer.alloc(2, Buffer.from('8a00', 'hex'))];
      }
    }
    expect(fuzzBroken(Broken)).toThrow(/bytes out|output/);
  });
});
