import { describe, expect, it } from 'vitest';
import { isSameUser } from '../../../lib/nest/options/same-user.js';

class Entity {
  constructor(private readonly key: unknown) {}
  get id(): unknown {
    return this.key;
  }
}

describe('who counts as the same user', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['nobody and nobody', undefined, undefined, true],
    ['nobody and somebody', undefined, { id: 1 }, false],
    ['somebody and nobody', { id: 1 }, undefined, false],
    ['somebody and null', { id: 1 }, null, false],
    ['names', 'ann', 'ann', true],
    ['other names', 'ann', 'bob', false],
    ['the same id with other roles', { id: 1, roles: ['a'] }, { id: 1, roles: [] }, true],
    ['another id', { id: 1 }, { id: 2 }, false],
    ['an id of another type', { id: 1 }, { id: '1' }, false],
    ['an id and none', { id: 1, sub: 'a' }, { sub: 'a' }, false],
    ['the same id under another subject', { id: 1, sub: 'a' }, { id: 1, sub: 'b' }, true],
    ['the same subject, issued anew', { sub: 'a', iat: 1 }, { sub: 'a', iat: 2 }, true],
    ['an id that is null, and the same subject', { id: null, sub: 'a' }, { sub: 'a' }, true],
    ['ids that are objects', { _id: Buffer.from('a') }, { _id: Buffer.from('a') }, true],
    ['other ids that are objects', { _id: Buffer.from('a') }, { _id: Buffer.from('b') }, false],
    ['entities with an accessor', new Entity(1), new Entity(1), true],
    ['other entities', new Entity(1), new Entity(2), false],
    ['equal objects without an id', { name: 'ann' }, { name: 'ann' }, true],
    ['other objects without an id', { name: 'ann' }, { name: 'bob' }, false],
  ])('%s', (_what, before, now, isSame) => {
    expect(isSameUser(before, now)).toBe(isSame);
  });
});
