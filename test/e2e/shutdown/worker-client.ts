import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';

const IN_FLIGHT = 8;

/** A client that always has calls in flight, and one stream. */
export class WorkerClient {
  /** The calls that were answered. */
  readonly replied = new Set<string>();
  #lastCall = 0;
  #read = 0;

  private constructor(
    readonly peer: WsPeer,
    private readonly name: number,
    /** Whether it sends calls after `goaway`, against all advice. */
    private readonly isStubborn: boolean,
  ) {
    peer.socket.on('message', () => this.#readAll());
  }

  static async connect(url: string, name: number, isStubborn: boolean): Promise<WorkerClient> {
    const client = new WorkerClient(await connectPeer(`${url}/work`), name, isStubborn);
    client.peer.send({ type: 'ticks', id: 'ticks' });
    for (let count = 0; count < IN_FLIGHT; count++) client.#call();
    return client;
  }

  /** Until it has worked for a while. */
  async warm(): Promise<void> {
    await this.peer.next(() => this.replied.size >= 2 * IN_FLIGHT);
    await this.peer.next(({ op, id }) => op === 'next' && id === 'ticks');
  }

  get isToldToGo(): boolean {
    return this.peer.messages.some(({ op }) => op === 'goaway');
  }

  #readAll(): void {
    for (const { op, data } of this.peer.messages.slice(this.#read)) {
      this.#read++;
      if (op !== 'reply') continue;
      this.replied.add(data as string);
      if (this.isStubborn || !this.isToldToGo) this.#call();
    }
  }

  #call(): void {
    const id = ++this.#lastCall;
    this.peer.send({ type: 'work', id, data: `${this.name}.${id}` });
  }
}
