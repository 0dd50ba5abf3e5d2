import { IsInt, IsString, MaxLength } from 'class-validator';

/** The data of a call. */
export class CallDto {
  @IsString()
  @MaxLength(1000)
  text!: string;

  @IsInt()
  count!: number;
}
