import { once } from 'node:events';
import type { WsModuleOptions } from 'nestjs-wsgate';
import { ChildApp } from '../../support/child-app.js';

/** The state of an application under attack, as its own process reports it. */
export interface Vitals {
  /** The JavaScript heap and what it holds outside of it, after a garbage collection. */
  readonly heapBytes: number;
  /** All memory of the process, and the most it ever had. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** The longest one turn of the event loop took since {@link Victim.begin}. */
  readonly loopHeldMs: number;
  /** TCP connections, upgraded or not. */
  readonly connections: number;
  /** WebSocket connections. */
  readonly sockets: number;
  /** Handlers that wait, and streams that are subscribed to. */
  readonly calls: number;
  readonly streams: number;
}

/** The application `test/e2e/apps/victim.ts`, in a process of its own. */
export class Victim {
  readonly port: number;

  private constructor(
    readonly app: ChildApp,
    /** `ws://127.0.0.1:` and the port. */
    readonly url: string,
  ) {
    this.port = Number(new URL(url).port);
  }

  static async start(options: WsModuleOptions = {}): Promise<Victim> {
    const app = await ChildApp.start('victim', JSON.stringify(options));
    return new Victim(app, app.url);
  }

  /** Begins to watch the event loop. */
  begin(): Promise<Vitals> {
    return this.#ask('begin');
  }

  vitals(): Promise<Vitals> {
    return this.#ask('vitals');
  }

  stop(): Promise<void> {
    return this.app.kill();
  }

  async #ask(question: string): Promise<Vitals> {
    const answered = once(this.app.process, 'message') as Promise<[Vitals]>;
    this.app.process.send(question);
    const ended = this.app.ended.then(({ code, signal, stderr }): never => {
      throw new Error(`the application died (${signal ?? code}): ${stderr}`);
    });
    const [vitals] = await Promise.race([answered, ended]);
    return vitals;
  }
}
