import { Random } from '../random.mjs';
import { createApplication } from './application.mjs';
import { buildCase } from './build-case.mjs';
import { CaseRun } from './case-run.mjs';
import { shrink } from './shrink.mjs';

/**
 * Runs cases against a real application. A case is a function of its seed: what a client sends and
 * what handlers do meanwhile, held against a model of PROTOCOL.md.
 */
export class MessageFuzzer {
  #application;
  #abandoned = [];

  static async create() {
    const fuzzer = new MessageFuzzer();
    fuzzer.#application = await createApplication();
    return fuzzer;
  }

  /** Runs the case of a seed. Answers what was told, an op or error code for each message; throws, with the shortest steps that show it. */
  async run(seed) {
    const fuzzCase = buildCase(new Random(seed));
    const { failure, told } = await this.#try(fuzzCase);
    if (failure === undefined) return { told, steps: fuzzCase.steps.length };
    const fails = async (steps) => (await this.#try({ ...fuzzCase, steps })).failure !== undefined;
    const steps = await shrink(fuzzCase.steps, fails);
    const { failure: last = failure } = await this.#try({ ...fuzzCase, steps });
    throw new Error(describe({ ...fuzzCase, steps }, last), { cause: last });
  }

  async close() {
    this.#abandoned.push(this.#application.app.close());
    await Promise.all(this.#abandoned);
  }

  async #try(fuzzCase) {
    const run = new CaseRun(this.#application, fuzzCase);
    try {
      await run.run(fuzzCase);
      return { told: run.told };
    } catch (failure) {
      // What went wrong may have left something that the next case must not stumble over.
      this.#abandoned.push(this.#application.app.close());
      this.#application = await createApplication();
      return { failure };
    }
  }
}

function describe({ isBinary, isAbrupt, steps }, failure) {
  const setting = `${isBinary ? 'MessagePack' : 'JSON'}, ${isAbrupt ? 'cut short' : 'to the end'}`;
  const lines = steps.map((step) => `  ${JSON.stringify(step)}`);
  return [failure.message, `with ${setting}:`, ...lines].join('\n');
}
