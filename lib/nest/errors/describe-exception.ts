import { inspect } from 'node:util';
import { toLogText } from '../../socket/log-text.js';
import { isPlainObject } from '../values/is-plain-object.js';

/** The parts of an exception that are logged. */
export interface ExceptionDescription {
  readonly text: string;
  readonly stack: string | undefined;
}

/** Characters of a stack trace that are logged: more than its first line, which repeats the text. */
const LONGEST_STACK = 8_000;

/** What `JSON.parse` throws quotes what it was given, and that is a client's. */
const UNQUOTED = 'its text is not logged, since it may quote what a client sent';

/**
 * Describes an exception for the log: its text and stack, as far as they may be logged, and none of
 * its other properties. What is thrown may be a request, with its cookies.
 */
export function describeException(exception: unknown): ExceptionDescription {
  try {
    return describe(exception);
  } catch {
    return { text: 'an exception that throws when it is looked at', stack: undefined };
  }
}

function describe(exception: unknown): ExceptionDescription {
  if (!(exception instanceof Error)) {
    return { text: toLogText(describeValue(exception)), stack: undefined };
  }
  const { message, stack = '' } = exception;
  const text = exception instanceof SyntaxError ? UNQUOTED : toLogText(message);
  return {
    text,
    stack: toLogText(
      stack.replace(message, () => text),
      LONGEST_STACK,
    ),
  };
}

/** Members that are objects are not looked into; of an instance of a class its name is all. */
function describeValue(value: unknown): string {
  const isInstance = typeof value === 'object' && value !== null && !isPlainObject(value);
  return inspect(value, { depth: isInstance ? -1 : 0 });
}
