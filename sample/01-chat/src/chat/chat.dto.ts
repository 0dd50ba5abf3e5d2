import { Transform } from 'class-transformer';
import { Length, Matches } from 'class-validator';
import { trimmed } from '../trimmed.js';

/** Which room to go to; it is made if it is not there. */
export class EnterRoom {
  @Matches(/^[\p{L}\p{N}][\p{L}\p{N} _-]*$/u, {
    message: 'A room is called by letters, digits, blanks and dashes.',
  })
  @Length(1, 24, { message: 'A room has a name of 1 to 24 characters.' })
  @Transform(trimmed)
  readonly room!: string;
}

/** What somebody says in the room they are in. */
export class SendMessage {
  @Length(1, 2000, { message: 'A message has 1 to 2000 characters.' })
  @Transform(trimmed)
  readonly text!: string;
}
