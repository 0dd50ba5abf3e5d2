/** See `client-fuzzer.mjs`, which is JavaScript so that it runs on any Node without a loader. */
export class ClientFuzzer {
  run(seed: number): Promise<{ readonly told: readonly string[]; readonly steps: number }>;
}
