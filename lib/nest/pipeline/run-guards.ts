import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import { isPending, settleAnswer } from './settle-answer.js';

/** What Nest's own guards consumer says when a guard returns false. */
const FORBIDDEN_MESSAGE = 'Forbidden resource';

/**
 * Runs guards one after the other, as Nest does, but without promises as long as they answer
 * synchronously.
 *
 * @returns nothing, or a promise of nothing: a guard that refuses throws.
 * @throws ForbiddenException when a guard returns something falsy; what a guard throws.
 */
export function runGuards(
  guards: readonly CanActivate[],
  context: ExecutionContext,
): void | Promise<void> {
  for (let index = 0; index < guards.length; index++) {
    const answer: unknown = guards[index].canActivate(context);
    if (answer === true) continue;
    if (isPending(answer)) return awaitGuards(answer, guards.slice(index + 1), context);
    assertAllowed(answer);
  }
}

async function awaitGuards(
  answer: unknown,
  rest: readonly CanActivate[],
  context: ExecutionContext,
): Promise<void> {
  assertAllowed(await settleAnswer(answer));
  await runGuards(rest, context);
}

function assertAllowed(answer: unknown): void {
  if (!answer) throw new ForbiddenException(FORBIDDEN_MESSAGE);
}
