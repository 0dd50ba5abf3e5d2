import type { LoggerService } from '@nestjs/common';

/** Everything an application logs, in lines. */
export class Lines implements LoggerService {
  readonly all: string[] = [];

  about(text: string): readonly string[] {
    return this.all.filter((line) => line.includes(text));
  }

  log = (...args: unknown[]): void => this.add(args);
  error = (...args: unknown[]): void => this.add(args);
  warn = (...args: unknown[]): void => this.add(args);
  debug = (...args: unknown[]): void => this.add(args);
  verbose = (...args: unknown[]): void => this.add(args);

  private add(args: unknown[]): void {
    this.all.push(args.map(String).join(' '));
  }
}
