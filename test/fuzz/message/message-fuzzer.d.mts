/** See `message-fuzzer.mjs`, which is JavaScript so that it runs on any Node without a loader. */
export class MessageFuzzer {
  static create(): Promise<MessageFuzzer>;
  run(seed: number): Promise<{ readonly told: readonly string[]; readonly steps: number }>;
  close(): Promise<void>;
}
