import type { LoggerService } from '@nestjs/common';

/** A line of the log. */
export interface LogLine {
  readonly level: 'error' | 'warn';
  readonly text: string;
  /** The stack that was given with it. */
  readonly stack: string | undefined;
}

/** A Nest logger that keeps errors and warnings. */
export class Log implements LoggerService {
  readonly lines: LogLine[] = [];

  log(): void {}

  error(message: unknown, ...rest: unknown[]): void {
    // The last is the logger's name.
    const stack = rest.length > 1 ? String(rest[0]) : undefined;
    this.lines.push({ level: 'error', text: String(message), stack });
  }

  warn(message: unknown): void {
    this.lines.push({ level: 'warn', text: String(message), stack: undefined });
  }

  /** What has been written since the last time. */
  take(): readonly LogLine[] {
    return this.lines.splice(0);
  }
}
