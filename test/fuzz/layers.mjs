import * as engine from 'nestjs-wsgate/protocol';
import { ClientFuzzer } from './client/client-fuzzer.mjs';
import { Fuzzer } from './fuzz-case.mjs';
import { MessageFuzzer } from './message/message-fuzzer.mjs';

/**
 * What can be fuzzed. Each makes a function that runs the case of a seed and answers how big it was
 * and what was told, one name for each thing; it throws where something is wrong.
 */
export const LAYERS = {
  /** Bytes, against the protocol engine. */
  frame: async (role) => {
    const fuzzer = new Fuzzer(engine);
    return (seed) => {
      const { bytes, events } = fuzzer.run(seed, role);
      return {
        size: bytes,
        told: events.map(([type, rule]) => (type === 'violation' ? rule : type)),
      };
    };
  },
  /** Messages, against an application. */
  message: async () => {
    const fuzzer = await MessageFuzzer.create();
    return async (seed) => {
      const { steps, told } = await fuzzer.run(seed);
      return { size: steps, told };
    };
  },
  /** Messages of a server, against the client. */
  client: async () => {
    const fuzzer = new ClientFuzzer();
    return async (seed) => {
      const { steps, told } = await fuzzer.run(seed);
      return { size: steps, told };
    };
  },
};
