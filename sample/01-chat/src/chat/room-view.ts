import type { ChatMessage } from './chat-message.js';

/** A room as the list of rooms shows it. */
export interface RoomSummary {
  readonly name: string;
  /** How many people are there. */
  readonly people: number;
}

/** What somebody sees on entering a room. */
export interface RoomView {
  readonly room: string;
  readonly people: readonly string[];
  readonly messages: readonly ChatMessage[];
  readonly rooms: readonly RoomSummary[];
}
