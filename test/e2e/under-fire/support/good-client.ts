import { WsClient } from 'nestjs-wsgate/client';

/**
 * A well-behaved client: calls without a pause, checks every answer, and reads a stream. It notes
 * whatever is wrong.
 */
export class GoodClient {
  /** What was not as it should be. */
  readonly complaints: string[] = [];
  /** Calls with the right answer. */
  answered = 0;
  readonly #client: WsClient;
  readonly #name: string;
  #isStopping = false;
  #nextTick = 0;
  #wake = (): void => undefined;
  #calling: Promise<void> = Promise.resolve();

  private constructor(url: string, name: string) {
    this.#name = name;
    this.#client = new WsClient(`${url}/good`, { shouldReconnect: () => false });
  }

  static async connect(url: string, name: string): Promise<GoodClient> {
    const good = new GoodClient(url, name);
    await good.#client.connect();
    good.#watchStatus();
    good.#calling = good.#callOn();
    void good.#readTicks();
    return good;
  }

  /**
   * Resolves when this many more calls have been answered and one more item has arrived, or
   * something is wrong.
   */
  async goOn(calls: number): Promise<void> {
    const answered = this.answered + calls;
    const tick = this.#nextTick + 1;
    while (this.complaints.length === 0 && (this.answered < answered || this.#nextTick < tick)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Stops after the call in flight has been answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#calling;
    await this.#client.close();
  }

  async #callOn(): Promise<void> {
    for (let n = 0; !this.#isStopping && this.complaints.length === 0; n++) {
      try {
        const [square, later] = await Promise.all([
          this.#client.request('square', n),
          this.#client.request('later', n),
        ]);
        this.#expect('square', JSON.stringify({ n, square: n * n }), JSON.stringify(square));
        this.#expect('later', n, later);
        this.answered += 2;
        this.#wake();
      } catch (error) {
        this.#complain(`call ${n}: ${String(error)}`);
      }
    }
  }

  async #readTicks(): Promise<void> {
    try {
      for await (const tick of this.#client.stream('ticks')) {
        this.#expect('tick', this.#nextTick, tick);
        this.#nextTick++;
        this.#wake();
      }
      if (!this.#isStopping) this.#complain('the stream ended');
    } catch (error) {
      if (!this.#isStopping) this.#complain(`stream: ${String(error)}`);
    }
  }

  #watchStatus(): void {
    this.#client.onStatus((status) => {
      if (!this.#isStopping) this.#complain(`connection: ${JSON.stringify(status)}`);
    });
  }

  #expect(what: string, expected: unknown, actual: unknown): void {
    if (actual !== expected)
      this.#complain(`${what}: ${String(expected)} is not ${String(actual)}`);
  }

  #complain(complaint: string): void {
    this.complaints.push(`${this.#name}: ${complaint}`);
    this.#wake();
  }
}
