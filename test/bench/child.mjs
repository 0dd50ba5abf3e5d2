import { spawn, spawnSync } from 'node:child_process';

/** Whether processes can be kept on one core each. */
export const canPin = spawnSync('taskset', ['-V']).status === 0;

/** A Node process, on one core where `cpu` says which, that answers questions over IPC. */
export class Child {
  /** What the process said when it was ready. */
  ready;
  #process;
  #pending = new Map();
  #asked = 0;

  /** Resolves when the process is ready. */
  static async start(file, { cpu, args = [], env = {}, nodeOptions = [] }) {
    const child = new Child();
    await child.#spawn(cpu, [...nodeOptions, file, ...args], env);
    return child;
  }

  ask(name, request = {}) {
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#pending.set(id, { resolve, reject });
      this.#process.send({ id, ask: name, ...request });
    });
  }

  /** Resolves when the process is gone. */
  stop() {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || !this.#process.connected) resolve();
      else this.#process.once('exit', resolve).disconnect();
    });
  }

  #spawn(cpu, args, env) {
    const command =
      canPin && cpu !== undefined
        ? ['taskset', '-c', String(cpu), process.execPath, ...args]
        : [process.execPath, ...args];
    this.#process = spawn('sh', ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', ...command], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    });
    return new Promise((resolve, reject) => {
      this.#process.on('message', (message) => {
        if (message.ready) {
          this.ready = message;
          resolve();
        } else this.#settle(message);
      });
      this.#process.on('exit', (code) => {
        const error = new Error(`${args.join(' ')} ended with code ${code}`);
        reject(error);
        this.#rejectAll(error);
      });
    });
  }

  #settle({ id, answer, error, fatal }) {
    if (fatal !== undefined) {
      this.#rejectAll(new Error(fatal));
      return;
    }
    const { resolve, reject } = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  }

  #rejectAll(error) {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
