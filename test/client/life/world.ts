import type { WsClient, WsClientOptions, WsStatus } from 'nestjs-wsgate/client';

/** Where a cell is tested: the client of the platform, and the puppet's address. */
export interface Setting {
  readonly origin: string;
  readonly create: (url: string, options: WsClientOptions) => WsClient;
}

type State = WsStatus['state'];
type Counts = Readonly<Record<'notes' | 'calls' | 'upgrades', number>>;

export const AN_HOUR = 3_600_000;

/** Nothing happens by itself: an attempt that is waited for is waited for. */
const OPTIONS: WsClientOptions = {
  lazy: true,
  backoff: { minMs: AN_HOUR, maxMs: AN_HOUR },
  random: () => 1,
  closeTimeoutMs: 400,
};

/** One cell of the table: a client, and what the puppet does for it. Runs in browsers too. */
export class World {
  readonly client: WsClient;
  /** The outcome of a call on a connection that the server has said goaway on. */
  inFlight: Promise<string> | undefined;
  /** The server has said Close, and reads nothing more. */
  isLeft = false;
  /** What happens to the connection changes nothing: the client does not count on it any more. */
  isSpare = false;
  readonly #address: string;
  #release: () => void = () => undefined;
  /** Resolves when nothing stands in the way any more. */
  readonly wentOn = new Promise<void>((resolve) => (this.#release = resolve));

  constructor({ origin, create }: Setting, cell: string, options: WsClientOptions = {}) {
    this.#address = `${origin}/${cell}`;
    this.client = create(this.#address, { ...OPTIONS, ...options });
  }

  /** Has the puppet do something, and asks what it has seen. */
  async tell(command: string): Promise<Counts> {
    const response = await fetch(`${this.#address}/${command}`, { method: 'POST' });
    return (await response.json()) as Counts;
  }

  /** Resolves when the puppet has seen so many. */
  async seen(what: keyof Counts, count: number): Promise<void> {
    while ((await this.tell('look'))[what] < count);
  }

  /** Resolves with the status when it is one of these: now, or later. */
  reached(...states: readonly State[]): Promise<WsStatus> {
    const { status } = this.client;
    return states.includes(status.state) ? Promise.resolve(status) : this.next(...states);
  }

  /** Resolves with the next status that is one of these. */
  next(...states: readonly State[]): Promise<WsStatus> {
    return new Promise((resolve) => {
      const stop = this.client.onStatus((status) => {
        if (!states.includes(status.state)) return;
        stop();
        resolve(status);
      });
    });
  }

  /** From now on nothing stands in the way, and nobody waits an hour. */
  async goOn(): Promise<void> {
    const help = ({ state }: WsStatus): void => {
      if (state === 'waiting') void outcomeOf(this.client.connect());
    };
    help(this.client.status);
    this.client.onStatus(help);
    const isEnding = this.isLeft && this.client.status.state === 'open';
    const ended = isEnding ? this.next('waiting', 'stopped') : undefined;
    await this.tell('goOn');
    await ended;
    this.#release();
  }
}

/** How something ended, in a word or two. */
export function outcomeOf(ending: Promise<unknown>): Promise<string> {
  return ending.then(
    (value) => (value === undefined ? 'done' : `done ${JSON.stringify(value)}`),
    (error: { readonly code?: unknown; readonly name?: unknown }) =>
      typeof error.code === 'string' ? error.code : String(error.name),
  );
}
