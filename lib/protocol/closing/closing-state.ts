/**
 * How far the closing handshake has come (RFC 6455 7.1.2, 7.1.3).
 *
 * `open`: no Close frame either way. `close-sent`: ours is out, the peer's is awaited.
 * `closed`: both have gone. `failed`: the connection was failed (7.1.7) and reads nothing more.
 */
export type ClosingState = 'open' | 'close-sent' | 'closed' | 'failed';

/** What moves it: a Close frame sent, one received (and echoed at once), or a breach. */
export type ClosingStep = 'send' | 'receive' | 'fail';

/** Every legal move; what is missing cannot happen. */
const MOVES: Readonly<Record<ClosingState, Readonly<Partial<Record<ClosingStep, ClosingState>>>>> =
  {
    open: { send: 'close-sent', receive: 'closed', fail: 'failed' },
    'close-sent': { receive: 'closed', fail: 'failed' },
    closed: {},
    failed: {},
  };

/** The state after a step, or undefined where the step is not legal in this state. */
export function nextClosingState(state: ClosingState, step: ClosingStep): ClosingState | undefined {
  return MOVES[state][step];
}
