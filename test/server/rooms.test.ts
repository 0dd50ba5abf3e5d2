import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionRegistry } from '../../lib/server/registry/connection-registry.js';
import { Rooms } from '../../lib/server/registry/rooms.js';

const ann = { name: 'ann' };
const ben = { name: 'ben' };

describe('rooms', () => {
  it('know their members, and members their rooms', () => {
    const rooms = new Rooms<object>();
    expect(rooms.join(ann, 'lobby')).toBe(true);
    expect(rooms.join(ann, 'lobby')).toBe(false);
    rooms.join(ben, 'lobby');
    rooms.join(ann, 'attic');
    expect([...rooms.membersOf('lobby')]).toEqual([ann, ben]);
    expect([...rooms.roomsOf(ann)]).toEqual(['lobby', 'attic']);
    expect([...rooms.names]).toEqual(['lobby', 'attic']);
  });

  it('disappear with their last member', () => {
    const rooms = new Rooms<object>();
    rooms.join(ann, 'lobby');
    expect(rooms.leave(ben, 'lobby')).toBe(false);
    expect(rooms.leave(ann, 'lobby')).toBe(true);
    expect(rooms.leave(ann, 'lobby')).toBe(false);
    expect(rooms.size).toBe(0);
    expect(rooms.membersOf('lobby').size).toBe(0);
  });

  it('say what a member left', () => {
    const rooms = new Rooms<object>();
    rooms.join(ann, 'lobby');
    rooms.join(ann, 'attic');
    rooms.join(ben, 'attic');
    expect([...rooms.leaveAll(ann)]).toEqual(['lobby', 'attic']);
    expect(rooms.leaveAll(ann).size).toBe(0);
    expect(rooms.roomsOf(ann).size).toBe(0);
    expect([...rooms.names]).toEqual(['attic']);
  });

  it('show a member where it is, in a set that nothing happens to any more', () => {
    const rooms = new Rooms<object>();
    for (const room of ['lobby', 'attic']) rooms.join(ann, room);
    let turns = 0;
    for (const room of rooms.roomsOf(ann)) {
      rooms.leave(ann, room);
      rooms.join(ann, `${room}!`);
      if ((turns += 1) > 10) break;
    }
    expect(turns).toBe(2);
    const before = rooms.roomsOf(ann);
    rooms.join(ann, 'cellar');
    rooms.leave(ann, 'lobby!');
    const left = rooms.leaveAll(ann);
    expect([...before]).toEqual(['lobby!', 'attic!']);
    expect([...left]).toEqual(['attic!', 'cellar']);
    expect(rooms.size).toBe(0);
  });

  it('are not changed through the sets they give', () => {
    const rooms = new Rooms<object>();
    rooms.join(ann, 'lobby');
    const given = [rooms.roomsOf(ann), rooms.roomsOf(ben), rooms.membersOf('lobby')];
    for (const set of [
      ...given,
      rooms.membersOf('nowhere'),
      new ConnectionRegistry().connections,
    ]) {
      for (const method of ['add', 'delete', 'clear'] as const) {
        expect(() => (set as Set<unknown>)[method]('x')).toThrow(`${method}: this Set only shows`);
      }
    }
    expect([...new Set(rooms.roomsOf(ann))]).toEqual(['lobby']);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('may be called %j', (room) => {
    const rooms = new Rooms<object>();
    expect(rooms.membersOf(room).size).toBe(0);
    rooms.join(ann, room);
    expect([...rooms.membersOf(room)]).toEqual([ann]);
  });

  it('stay true to a list of pairs, whatever is done to them', () => {
    const members = [ann, ben, { name: 'cat' }] as const;
    const step = fc.record({
      act: fc.constantFrom('join', 'leave', 'leaveAll'),
      member: fc.integer({ min: 0, max: 2 }),
      room: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 200 }), (steps) => {
        const rooms = new Rooms<object>();
        const pairs = new Set<string>();
        for (const { act, member, room } of steps) {
          const who = members[member];
          if (who === undefined) continue;
          if (act === 'join') {
            rooms.join(who, room);
            pairs.add(`${member}${room}`);
          } else if (act === 'leave') {
            rooms.leave(who, room);
            pairs.delete(`${member}${room}`);
          } else {
            rooms.leaveAll(who);
            for (const name of ['a', 'b', 'c']) pairs.delete(`${member}${name}`);
          }
        }
        const seen = [...rooms.names].flatMap((room) =>
          [...rooms.membersOf(room)].map((who) => `${members.indexOf(who as typeof ann)}${room}`),
        );
        expect(seen.sort()).toEqual([...pairs].sort());
        expect(rooms.size).toBe(new Set([...pairs].map((pair) => pair[1])).size);
      }),
    );
  });
});
