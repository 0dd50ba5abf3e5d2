import type { PriceBoard } from '../prices/price-board.js';
import type { ChatMessage } from './chat-message.js';
import type { RoomSummary, RoomView } from './room-view.js';

/** What travels between the page and the server. Types only, so that the page can read it too. */
export interface ChatContract {
  readonly calls: {
    readonly 'room.enter': {
      readonly payload: { readonly room: string };
      readonly reply: RoomView;
    };
    readonly 'message.send': {
      readonly payload: { readonly text: string };
      readonly reply: ChatMessage;
    };
  };
  readonly streams: {
    readonly 'prices.watch': {
      readonly payload: { readonly symbols: readonly string[] };
      readonly item: PriceBoard;
    };
  };
  readonly events: { readonly typing: undefined };
  readonly pushes: {
    readonly 'message.new': ChatMessage;
    readonly people: { readonly room: string; readonly people: readonly string[] };
    readonly rooms: { readonly rooms: readonly RoomSummary[] };
    readonly typing: { readonly name: string };
  };
}
