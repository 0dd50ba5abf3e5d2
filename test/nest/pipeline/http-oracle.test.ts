import {
  Controller,
  HttpCode,
  type INestApplication,
  Injectable,
  Logger,
  Post,
  type Type,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { WsHandler, WsPayload, WsQuery } from '../../../lib/index.js';
import { PLATFORMS, serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';
import {
  createGuard,
  createInterceptor,
  createPipe,
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

const PLACES = ['app', 'onClass', 'onMethod'] as const;

interface Bound<Kind> {
  readonly kind: Kind;
  readonly place: (typeof PLACES)[number];
}

interface Plan {
  readonly guards: readonly Bound<GuardKind>[];
  readonly pipes: readonly Bound<PipeKind>[];
  readonly interceptors: readonly Bound<InterceptorKind>[];
  readonly handler: HandlerKind;
}

function some<Kind>(kinds: readonly Kind[], benign: number): fc.Arbitrary<readonly Bound<Kind>[]> {
  const kind = mostlyBenign(kinds, benign);
  return fc.array(fc.record({ kind, place: fc.constantFrom(...PLACES) }), { maxLength: 4 });
}

const plans: fc.Arbitrary<Plan> = fc.record({
  guards: some(GUARD_KINDS, 4),
  pipes: some(PIPE_KINDS, 2),
  interceptors: some(INTERCEPTOR_KINDS, 4),
  handler: fc.constantFrom(...HANDLER_KINDS),
});

type Classes = Readonly<Record<(typeof PLACES)[number], readonly Type[]>>;

function instantiate<Kind>(
  bound: readonly Bound<Kind>[],
  create: (kind: Kind, name: string) => Type,
): Classes {
  const classes = { app: [] as Type[], onClass: [] as Type[], onMethod: [] as Type[] };
  for (const [index, { kind, place }] of bound.entries()) {
    classes[place].push(create(kind, `${place}${index}`));
  }
  return classes;
}

function createSubject(plan: Plan, guards: Classes, pipes: Classes, interceptors: Classes): Type {
  @Controller('run')
  @UseGuards(...guards.onClass)
  @UsePipes(...pipes.onClass)
  @UseInterceptors(...interceptors.onClass)
  @Injectable()
  class Subject {
    constructor(private readonly journal: Journal) {}

    @Post()
    @HttpCode(200)
    @WsHandler('run')
    @UseGuards(...guards.onMethod)
    @UsePipes(...pipes.onMethod)
    @UseInterceptors(...interceptors.onMethod)
    run(@WsPayload('value') payload: string, @WsQuery('q') query: string): unknown {
      this.journal.note(`handler ${plan.handler} ${payload} ${query}`);
      return handleAs(plan.handler, `${payload}|${query}`);
    }
  }
  return Subject;
}

interface Observed {
  readonly status: number;
  readonly text: unknown;
  readonly journal: readonly string[];
}

async function runHttp(app: INestApplication, url: string): Promise<Observed> {
  const response = await fetch(`${url.replace('ws', 'http')}/run?q=find`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"value":"p"}',
  });
  const text = await response.text();
  const journal = app.get(Journal).take();
  if (response.ok) return { status: 200, text, journal };
  return {
    status: response.status,
    text: (JSON.parse(text) as { message: string }).message,
    journal,
  };
}

async function runWs(app: INestApplication, url: string): Promise<Observed> {
  const peer = await connectPeer(`${url}/ws?q=find`);
  const messages = await peer.run('run', { value: 'p' });
  await peer.close();
  const journal = app.get(Journal).take();
  const error = messages.at(-1)?.['error'] as { status: number; message: string } | undefined;
  if (error) return { status: error.status, text: error.message, journal };
  return {
    status: 200,
    text: messages.findLast((message) => 'data' in message)?.['data'],
    journal,
  };
}

/** Pipes of other parameters may go on after the first failure; that has no effect. */
function settle({ journal, ...rest }: Observed): Observed {
  const failed = journal.findIndex((line) => /^pipe \S+ (throw|reject)/.test(line));
  const kept = journal.filter(
    (line, index) => failed === -1 || index <= failed || !line.startsWith('pipe'),
  );
  return { ...rest, journal: kept };
}

describe.each(PLATFORMS)('a controller on %s', (platform) => {
  beforeAll(() => Logger.overrideLogger(false));

  it('answers a message as it answers an HTTP request', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const guards = instantiate(plan.guards, createGuard);
        const pipes = instantiate(plan.pipes, createPipe);
        const interceptors = instantiate(plan.interceptors, createInterceptor);
        const { app, url } = await serveApp({
          platform,
          options: { globalGuards: 'message' },
          controllers: [createSubject(plan, guards, pipes, interceptors)],
          providers: [
            Journal,
            ...guards.app.map((useClass) => ({ provide: APP_GUARD, useClass })),
            ...pipes.app.map((useClass) => ({ provide: APP_PIPE, useClass })),
            ...interceptors.app.map((useClass) => ({ provide: APP_INTERCEPTOR, useClass })),
          ],
        });
        try {
          expect(settle(await runWs(app, url))).toEqual(settle(await runHttp(app, url)));
        } finally {
          await app.close();
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
