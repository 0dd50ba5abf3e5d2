import { Transform } from 'class-transformer';
import { Length, Matches } from 'class-validator';
import { trimmed } from '../trimmed.js';

/** What the login form sends. */
export class Login {
  // Characters that nobody sees would let one name look like another.
  @Matches(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, { message: 'Leave out invisible characters.' })
  @Length(1, 40, { message: 'A name has 1 to 40 characters.' })
  @Transform(trimmed)
  readonly name!: string;
}
