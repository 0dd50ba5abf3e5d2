import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { SYMBOLS } from './symbols.js';

/** Which prices to watch. */
export class WatchPrices {
  @IsIn(SYMBOLS, { each: true, message: `Known are ${SYMBOLS.join(', ')}.` })
  @ArrayMaxSize(SYMBOLS.length)
  @IsArray()
  readonly symbols!: string[];
}
