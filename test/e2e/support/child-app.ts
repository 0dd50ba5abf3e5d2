import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { COMPILED_APPS } from './apps-folder.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to its standard error. */
  readonly stderr: string;
}

/**
 * An application in a process of its own, as users run it: TypeScript compiled to JavaScript, with
 * the built package. Its first line of output is the port it listens on; it may be asked to collect
 * garbage, and more, over IPC.
 */
export class ChildApp {
  readonly ended: Promise<Exit>;
  readonly lines: string[] = [];

  private constructor(
    readonly process: ChildProcess,
    lines: AsyncIterable<string>,
    readonly url: string,
  ) {
    this.ended = collectExit(process);
    void this.collect(lines);
  }

  /** @param name a file in `test/e2e/apps`, without its extension. */
  static async start(name: string, ...args: readonly string[]): Promise<ChildApp> {
    const child = spawn(
      process.execPath,
      ['--expose-gc', join(COMPILED_APPS, `${name}.js`), ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
    const ended = collectExit(child);
    const port = await Promise.race([lines.next(), ended]);
    if ('value' in port && port.done !== true) {
      const rest = { [Symbol.asyncIterator]: () => lines };
      return new ChildApp(child, rest, `ws://127.0.0.1:${port.value}`);
    }
    throw new Error(`${name} did not start: ${(await ended).stderr}`);
  }

  /** Ends it, however it is. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  private async collect(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) this.lines.push(line);
  }
}

async function collectExit(child: ChildProcess): Promise<Exit> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stderr };
}
