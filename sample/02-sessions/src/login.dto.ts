import { IsString, Length } from 'class-validator';

/** Who logs in. A real shop asks for a password, too. */
export class Login {
  @Length(1, 40)
  @IsString()
  readonly name!: string;
}
