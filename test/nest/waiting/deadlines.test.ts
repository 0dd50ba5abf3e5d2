import { describe, expect, it } from 'vitest';
import { within, withDeadline } from '../../../lib/nest/waiting/deadlines.js';

const never = new Promise<never>(() => undefined);
const createError = (): Error => new Error('too late');

function afterTurns(turns: number): Promise<string> {
  return turns === 0
    ? Promise.resolve('done')
    : new Promise(setImmediate).then(() => afterTurns(turns - 1));
}

describe('a deadline for what somebody has to do', () => {
  it('rejects when the time is up', async () => {
    await expect(withDeadline(1, never, createError)).rejects.toThrow('too late');
  });

  it.each([0, 60_000])('leaves what comes in time alone: %i ms', async (milliseconds) => {
    expect(await withDeadline(milliseconds, afterTurns(3), createError)).toBe('done');
    const failed = afterTurns(3).then(() => Promise.reject(new Error('own')));
    await expect(withDeadline(milliseconds, failed, createError)).rejects.toThrow('own');
  });

  it('is none at 0, however long it takes', async () => {
    const slow = new Promise((resolve) => void setTimeout(resolve, 30, 'done'));
    expect(await withDeadline(0, slow, createError)).toBe('done');
  });
});

describe('the time something is given', () => {
  it('says whether it was enough', async () => {
    expect(await within(60_000, afterTurns(3))).toBe(true);
    expect(await within(1, never)).toBe(false);
    await expect(within(60_000, Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  it('is none at 0: only what is done already is in time', async () => {
    expect(await within(0, Promise.resolve())).toBe(true);
    expect(await within(0, never)).toBe(false);
  });
});
