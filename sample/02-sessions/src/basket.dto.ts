import { IsString, Length } from 'class-validator';

/** What goes into the basket. */
export class AddToBasket {
  @Length(1, 100)
  @IsString()
  readonly item!: string;
}
