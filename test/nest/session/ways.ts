import 'reflect-metadata';
import type { NestInterceptor } from '@nestjs/common';
import { InterceptedCall } from '../../../lib/nest/pipeline/intercepted-call.js';
import { createMessageContext } from '../../../lib/nest/pipeline/message-context.js';
import type { TestHandler } from './session-server.js';

const untouched: NestInterceptor = { intercept: (_context, handler) => handler.handle() };

/** The same handler with an interceptor bound to it. */
const intercepted =
  (run: TestHandler<unknown>): TestHandler<unknown> =>
  (payload, connection, call) => {
    const ref = { classRef: Object, callback: () => undefined };
    const context = createMessageContext([connection, payload, call, call.type], ref);
    const handle = (): unknown => run(payload, connection, call);
    return new InterceptedCall([untouched], context, handle).start(call);
  };

/** The ways to a handler: what it does must not depend on them. */
export const WAYS: readonly (readonly [
  string,
  (run: TestHandler<unknown>) => TestHandler<unknown>,
])[] = [
  ['of a plain handler', (run) => run],
  ['of an intercepted handler', intercepted],
];
