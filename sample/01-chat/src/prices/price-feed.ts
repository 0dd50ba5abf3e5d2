import { Injectable } from '@nestjs/common';
import { map, type Observable, share, timer } from 'rxjs';
import { ChatSettings } from '../chat-settings.js';
import type { PriceBoard } from './price-board.js';
import { SYMBOLS } from './symbols.js';

/** A market that wanders about. It runs only while somebody watches. */
@Injectable()
export class PriceFeed {
  private readonly opening = new Map(SYMBOLS.map((symbol, i) => [symbol, 20 + 31 * i]));
  private readonly prices = new Map(this.opening);
  private readonly board: Observable<PriceBoard>;
  private tick = 0;

  constructor(settings: ChatSettings) {
    this.board = timer(0, settings.priceInterval).pipe(
      map(() => this.trade()),
      share(),
    );
  }

  /** The prices of these, from now on. */
  of(symbols: readonly string[]): Observable<PriceBoard> {
    const wanted = new Set(symbols);
    return this.board.pipe(
      map(({ tick, quotes }) => ({
        tick,
        quotes: quotes.filter(({ symbol }) => wanted.has(symbol)),
      })),
    );
  }

  private trade(): PriceBoard {
    this.tick += 1;
    const quotes = [...this.opening].map(([symbol, opening]) => {
      const price = wander(this.prices.get(symbol) ?? opening);
      this.prices.set(symbol, price);
      return { symbol, price, change: round((price / opening - 1) * 100) };
    });
    return { tick: this.tick, quotes };
  }
}

function wander(price: number): number {
  return Math.max(1, round(price * (1 + (Math.random() - 0.5) / 60)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
