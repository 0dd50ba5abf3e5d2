import {
  Injectable,
  Logger,
  type INestApplication,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  APP_PIPE,
  ExternalContextCreator,
} from '@nestjs/core';
import fc from 'fast-check';
import { isObservable, lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { WsGateway, WsHandler, WsPayload, WsUser } from '../../../lib/index.js';
import { createReader } from '../../../lib/nest/pipeline/create-reader.js';
import { createCall, createConnection, findHandler } from '../support/compiled.js';
import { createApp } from '../support/gateway-app.js';
import {
  createFilter,
  createGuard,
  createInterceptor,
  createPipe,
  FILTER_KINDS,
  type FilterKind,
  GUARD_KINDS,
  type GuardKind,
  handleAs,
  HANDLER_KINDS,
  type HandlerKind,
  INTERCEPTOR_KINDS,
  type InterceptorKind,
  Journal,
  mostlyBenign,
  PIPE_KINDS,
  type PipeKind,
} from './recording-enhancers.js';

/** Enhancers of one kind at the four places Nest takes them from. */
interface Places<Kind> {
  readonly global: readonly Kind[];
  readonly app: readonly Kind[];
  readonly onClass: readonly Kind[];
  readonly onMethod: readonly Kind[];
}

interface Plan {
  readonly guards: Places<GuardKind>;
  readonly pipes: Places<PipeKind>;
  readonly interceptors: Places<InterceptorKind>;
  readonly filters: Places<FilterKind>;
  readonly paramPipes: readonly PipeKind[];
  readonly handler: HandlerKind;
}

function places<Kind>(kinds: readonly Kind[], benign: number): fc.Arbitrary<Places<Kind>> {
  const one = mostlyBenign(kinds, benign);
  const some = fc.array(one, { maxLength: 2 });
  return fc.record({ global: some, app: some, onClass: some, onMethod: some });
}

const plans: fc.Arbitrary<Plan> = fc.record({
  guards: places(GUARD_KINDS, 4),
  pipes: places(PIPE_KINDS, 2),
  interceptors: places(INTERCEPTOR_KINDS, 4),
  filters: places(FILTER_KINDS, 6),
  paramPipes: fc.array(fc.constantFrom(...PIPE_KINDS), { maxLength: 2 }),
  handler: fc.constantFrom(...HANDLER_KINDS),
});

/** The classes of a plan, and where to bind them. */
function instantiate<Kind>(
  kinds: Places<Kind>,
  create: (kind: Kind, name: string) => Type,
): Places<Type> {
  const at = (place: keyof Places<Kind>): Type[] =>
    kinds[place].map((kind, index) => create(kind, `${place}${index}`));
  return { global: at('global'), app: at('app'), onClass: at('onClass'), onMethod: at('onMethod') };
}

function createSubject(plan: Plan, bound: Readonly<Record<string, Places<Type>>>): Type {
  const { guards, pipes, interceptors, filters } = bound;

  @WsGateway()
  @UseGuards(...guards.onClass)
  @UsePipes(...pipes.onClass)
  @UseInterceptors(...interceptors.onClass)
  @UseFilters(...filters.onClass)
  @Injectable()
  class Subject {
    constructor(private readonly journal: Journal) {}

    @WsHandler('run')
    @UseGuards(...guards.onMethod)
    @UsePipes(...pipes.onMethod)
    @UseInterceptors(...interceptors.onMethod)
    @UseFilters(...filters.onMethod)
    run(
      @WsPayload(...plan.paramPipes.map((kind, index) => createPipe(kind, `param${index}`)))
      payload: string,
      @WsUser('name') name: string,
    ): unknown {
      this.journal.note(`handler ${plan.handler} ${payload} ${name}`);
      return handleAs(plan.handler, `${payload}|${name}`);
    }
  }
  return Subject;
}

async function createSubjectApp(
  plan: Plan,
): Promise<{ readonly app: INestApplication; readonly subject: Type }> {
  const guards = instantiate(plan.guards, createGuard);
  const pipes = instantiate(plan.pipes, createPipe);
  const interceptors = instantiate(plan.interceptors, createInterceptor);
  const filters = instantiate(plan.filters, createFilter);
  const subject = createSubject(plan, { guards, pipes, interceptors, filters });
  const app = await createApp({
    providers: [
      Journal,
      subject,
      ...guards.app.map((useClass) => ({ provide: APP_GUARD, useClass })),
      ...pipes.app.map((useClass) => ({ provide: APP_PIPE, useClass })),
      ...interceptors.app.map((useClass) => ({ provide: APP_INTERCEPTOR, useClass })),
      ...filters.app.map((useClass) => ({ provide: APP_FILTER, useClass })),
    ],
    configure(created) {
      const journal = created.get(Journal);
      const make = (type: Type): never => new type(journal) as never;
      created.useGlobalGuards(...guards.global.map(make));
      created.useGlobalPipes(...pipes.global.map(make));
      created.useGlobalInterceptors(...interceptors.global.map(make));
      created.useGlobalFilters(...filters.global.map(make));
    },
  });
  return { app, subject };
}

interface Observed {
  readonly result?: unknown;
  readonly error?: string;
  readonly journal: readonly string[];
}

async function observe(app: INestApplication, run: () => unknown): Promise<Observed> {
  const journal = app.get(Journal);
  journal.take();
  try {
    const result = await last(await run());
    return { result, journal: settle(journal.take()) };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: `${name}: ${message}`, journal: settle(journal.take()) };
  }
}

function last(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

/**
 * Once a pipe has failed, what the pipes of other parameters still do has no effect: Nest lets them
 * run on, we stop where we can.
 */
function settle(lines: readonly string[]): readonly string[] {
  const failed = lines.findIndex((line) => /^pipe \S+ (throw|reject)/.test(line));
  return lines.filter(
    (line, index) => failed === -1 || index <= failed || !line.startsWith('pipe'),
  );
}

async function runOurs(app: INestApplication): Promise<Observed> {
  const connection = createConnection({ user: { name: 'ann' } });
  const handler = await findHandler(app, 'run', connection);
  const call = createCall('run');
  return observe(app, async () => {
    try {
      return await last(await handler.invoke(connection, 'p', call));
    } catch (exception) {
      const outcome = await handler.handleException(exception, connection, 'p', call);
      if ('reply' in outcome) return outcome.reply;
      throw outcome.error;
    }
  });
}

async function runNests(app: INestApplication, subject: Type): Promise<Observed> {
  const connection = createConnection({ user: { name: 'ann' } });
  const instance = app.get<Record<string, () => unknown>>(subject);
  const proxy = app.get(ExternalContextCreator).create(
    instance,
    instance['run'],
    'run',
    '__routeArguments__',
    {
      exchangeKeyForValue: (type: number, data: unknown, args: unknown) =>
        createReader(type, data)(args as never),
    },
    undefined,
    undefined,
    { guards: true, interceptors: true, filters: true },
    'ws' as 'http',
  );
  return observe(app, () => proxy(connection, 'p', createCall('run'), 'run'));
}

describe('the compiled pipeline', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('does what ExternalContextCreator does, whatever is bound where', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { app, subject } = await createSubjectApp(plan);
        try {
          expect(await runOurs(app)).toEqual(await runNests(app, subject));
        } finally {
          await app.close();
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
