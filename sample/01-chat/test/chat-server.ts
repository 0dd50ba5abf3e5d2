import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ChatSettings } from '../src/chat-settings.js';
import { createChat } from '../src/create-chat.js';
import { connectPeer, type WsPeer } from '../../../test/nest/support/ws-peer.js';

const SILENT = { log() {}, error() {}, warn() {} };

/** A chat on a free port of the loopback, with a data folder of its own. */
export class ChatServer {
  #app: NestExpressApplication | undefined;

  private constructor(
    private readonly folder: string,
    private port = 0,
  ) {}

  static async start(): Promise<ChatServer> {
    const server = new ChatServer(await mkdtemp(join(tmpdir(), 'wsgate-chat-')));
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get app(): NestExpressApplication {
    if (this.#app === undefined) throw new Error('The chat is stopped');
    return this.#app;
  }

  /** Also after `stop`: on the same port, with what was kept. */
  async start(): Promise<void> {
    this.#app = await createChat(new ChatSettings(['newest', 'older'], this.folder, 20), SILENT);
    await this.#app.listen(this.port, '127.0.0.1');
    this.port = Number(new URL(await this.#app.getUrl()).port);
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  /** Stops, and forgets everything. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }

  /** POSTs JSON, as a page does. */
  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Logs in and returns the `Cookie` header from then on. */
  async logIn(name: string): Promise<string> {
    const response = await this.post('login', { name });
    const [cookie = ''] = response.headers.getSetCookie();
    return cookie.split(';', 1)[0] ?? '';
  }

  /** Opens the chat with that cookie. */
  open(cookie: string): Promise<WsPeer> {
    return connectPeer(`${this.url}chat`, { headers: { cookie } });
  }

  /** Logs in, opens the chat and enters a room. */
  async join(name: string, room = 'lobby'): Promise<WsPeer> {
    const peer = await this.open(await this.logIn(name));
    await peer.call('room.enter', { room });
    return peer;
  }
}
