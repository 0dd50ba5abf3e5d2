import { Injectable } from '@nestjs/common';
import { WsException, WsServer } from 'nestjs-wsgate';
import type { User } from '../auth/user.js';
import type { ChatMessage } from './chat-message.js';
import type { RoomSummary } from './room-view.js';

const FIRST_ROOMS = ['lobby', 'ideas', 'random'];
const MAX_ROOMS = 40;
const MAX_MESSAGES = 200;

/** Which rooms there are, who is in them and what was said last. All of it bounded. */
@Injectable()
export class RoomBook {
  private readonly histories = new Map<string, ChatMessage[]>(
    FIRST_ROOMS.map((name) => [name, []]),
  );

  constructor(private readonly server: WsServer) {}

  /** Makes the room unless it is there. Once there are too many, the oldest empty one goes. */
  open(room: string): void {
    if (this.histories.has(room)) return;
    if (this.histories.size >= MAX_ROOMS) this.histories.delete(this.findEmptyRoom());
    this.histories.set(room, []);
  }

  /** Remembers what was said; the oldest is forgotten. */
  add(room: string, message: ChatMessage): void {
    const history = this.histories.get(room);
    history?.push(message);
    if (history && history.length > MAX_MESSAGES) history.shift();
  }

  /** What was said, oldest first. */
  history(room: string): readonly ChatMessage[] {
    return this.histories.get(room) ?? [];
  }

  /** Who is there, each once however many windows they have open. */
  people(room: string): string[] {
    const names = [...this.server.to(room).connections].map(({ user }) => (user as User).name);
    return [...new Set(names)].sort((a, b) => a.localeCompare(b));
  }

  /** All rooms. */
  list(): RoomSummary[] {
    return [...this.histories.keys()].map((name) => ({ name, people: this.people(name).length }));
  }

  private findEmptyRoom(): string {
    const rooms = [...this.histories.keys()].slice(FIRST_ROOMS.length);
    const empty = rooms.find((room) => this.server.to(room).connections.size === 0);
    if (empty === undefined) throw new WsException('TOO_MANY_ROOMS', 'There are enough rooms.');
    return empty;
  }
}
