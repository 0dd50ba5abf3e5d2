import {
  type ArgumentMetadata,
  type ArgumentsHost,
  type CallHandler,
  Catch,
  ConflictException,
  type ExceptionFilter,
  type ExecutionContext,
  HttpException,
  Injectable,
  mixin,
  type Type,
} from '@nestjs/common';
import fc from 'fast-check';
import { catchError, from, map, of, throwError } from 'rxjs';

/** Where enhancers write what they did. */
@Injectable()
export class Journal {
  readonly lines: string[] = [];

  note(line: string): void {
    this.lines.push(line);
  }

  take(): readonly string[] {
    return this.lines.splice(0);
  }
}

export const GUARD_KINDS = [
  'allow',
  'allowPromise',
  'allowObservable',
  'allowTruthy',
  'deny',
  'denyPromise',
  'throw',
  'reject',
] as const;
export const PIPE_KINDS = ['append', 'appendPromise', 'throw', 'reject'] as const;
export const INTERCEPTOR_KINDS = [
  'pass',
  'passPromise',
  'map',
  'mapPromise',
  'skip',
  'recover',
  'throw',
  'fail',
] as const;
export const FILTER_KINDS = [
  'reply',
  'replyPromise',
  'replyObservable',
  'nothing',
  'rethrow',
  'httpOnly',
] as const;

export const HANDLER_KINDS = ['value', 'promise', 'observable', 'throw', 'reject'] as const;

export type GuardKind = (typeof GUARD_KINDS)[number];
export type PipeKind = (typeof PIPE_KINDS)[number];
export type InterceptorKind = (typeof INTERCEPTOR_KINDS)[number];
export type FilterKind = (typeof FILTER_KINDS)[number];
export type HandlerKind = (typeof HANDLER_KINDS)[number];

/** Mostly the first `benign` of the kinds, which let a message through, or few would ever reach the handler. */
export function mostlyBenign<Kind>(kinds: readonly Kind[], benign: number): fc.Arbitrary<Kind> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...kinds.slice(0, benign)) },
    { weight: 1, arbitrary: fc.constantFrom(...kinds) },
  );
}

/** What a handler of this kind returns, or throws; `answer` is the value it gives. */
export function handleAs(kind: HandlerKind, answer: string): unknown {
  switch (kind) {
    case 'value':
      return answer;
    case 'promise':
      return Promise.resolve(answer);
    case 'observable':
      return of('first', answer);
    case 'throw':
      throw new ConflictException('handler');
    case 'reject':
      return Promise.reject(new Error('handler'));
  }
}

export function createGuard(kind: GuardKind, name: string): Type {
  @Injectable()
  class RecordingGuard {
    constructor(private readonly journal: Journal) {}

    canActivate(context: ExecutionContext): unknown {
      const place = `${context.getClass().name}.${context.getHandler().name}`;
      this.journal.note(`guard ${name} ${kind} ${place}`);
      switch (kind) {
        case 'allow':
          return true;
        case 'allowPromise':
          return Promise.resolve(true);
        case 'allowObservable':
          return of(false, true);
        case 'allowTruthy':
          return 1;
        case 'deny':
          return false;
        case 'denyPromise':
          return Promise.resolve(false);
        case 'throw':
          throw new ConflictException(`guard ${name}`);
        case 'reject':
          return Promise.reject(new Error(`guard ${name}`));
      }
    }
  }
  return mixin(RecordingGuard);
}

export function createPipe(kind: PipeKind, name: string): Type {
  @Injectable()
  class RecordingPipe {
    constructor(private readonly journal: Journal) {}

    transform(value: unknown, { type, data, metatype }: ArgumentMetadata): unknown {
      this.journal.note(`pipe ${name} ${kind} ${type} ${data} ${metatype?.name} ${String(value)}`);
      switch (kind) {
        case 'append':
          return `${String(value)}+${name}`;
        case 'appendPromise':
          return Promise.resolve(`${String(value)}+${name}`);
        case 'throw':
          throw new ConflictException(`pipe ${name} ${type}`);
        case 'reject':
          return Promise.reject(new Error(`pipe ${name} ${type}`));
      }
    }
  }
  return mixin(RecordingPipe);
}

export function createInterceptor(kind: InterceptorKind, name: string): Type {
  @Injectable()
  class RecordingInterceptor {
    constructor(private readonly journal: Journal) {}

    intercept(_context: ExecutionContext, next: CallHandler): unknown {
      this.journal.note(`interceptor ${name} ${kind}`);
      const after = (value: unknown): string => {
        this.journal.note(`after ${name} ${String(value)}`);
        return `${String(value)}~${name}`;
      };
      switch (kind) {
        case 'pass':
          return next.handle();
        case 'passPromise':
          return Promise.resolve(next.handle());
        case 'map':
          return next.handle().pipe(map(after));
        case 'mapPromise':
          return Promise.resolve(next.handle().pipe(map(after)));
        case 'skip':
          return of(`skipped by ${name}`);
        case 'recover':
          return next
            .handle()
            .pipe(
              catchError((error: unknown) =>
                of(`recovered by ${name}: ${(error as Error).message}`),
              ),
            );
        case 'throw':
          throw new ConflictException(`interceptor ${name}`);
        case 'fail':
          return throwError(() => new Error(`interceptor ${name}`));
      }
    }
  }
  return mixin(RecordingInterceptor);
}

export function createFilter(kind: FilterKind, name: string): Type {
  class RecordingFilter implements ExceptionFilter {
    constructor(private readonly journal: Journal) {}

    catch(exception: unknown, host: ArgumentsHost): unknown {
      const message = (exception as Error).message;
      this.journal.note(`filter ${name} ${kind} ${host.getType()} ${message}`);
      switch (kind) {
        case 'reply':
        case 'httpOnly':
          return `filtered by ${name}: ${message}`;
        case 'replyPromise':
          return Promise.resolve(`filtered by ${name}: ${message}`);
        case 'replyObservable':
          return from([0, `filtered by ${name}: ${message}`]);
        case 'nothing':
          return undefined;
        case 'rethrow':
          throw new Error(`rethrown by ${name}: ${message}`);
      }
    }
  }
  const catches = kind === 'httpOnly' ? [HttpException] : [];
  Catch(...catches)(RecordingFilter);
  Injectable()(RecordingFilter);
  Reflect.defineMetadata('design:paramtypes', [Journal], RecordingFilter);
  return mixin(RecordingFilter);
}
