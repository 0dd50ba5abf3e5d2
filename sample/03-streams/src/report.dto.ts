import { IsInt, Max, Min } from 'class-validator';

/** Which lines to export. */
export class ReportLines {
  @Min(0)
  @IsInt()
  readonly from: number = 0;

  @Max(10_000_000)
  @Min(0)
  @IsInt()
  readonly to: number = 1_000_000;
}
