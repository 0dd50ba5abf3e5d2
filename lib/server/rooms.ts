const NOBODY: ReadonlySet<never> = new Set<never>();
const NOWHERE: ReadonlySet<string> = new Set<string>();

/**
 * Keeps track of who is in which room. Members are compared by identity; a room exists as long as
 * somebody is in it. The sets returned are live views: iterate them at once, or copy them.
 */
export class Rooms<Member extends object> {
  readonly #members = new Map<string, Set<Member>>();
  readonly #rooms = new Map<Member, Set<string>>();

  /** The names of the rooms that have members. */
  get names(): Iterable<string> {
    return this.#members.keys();
  }

  /** How many rooms have members. */
  get size(): number {
    return this.#members.size;
  }

  /** Puts a member into a room. Returns false if it was there already. */
  join(member: Member, room: string): boolean {
    const members = this.#members.get(room);
    if (members?.has(member) === true) return false;
    if (members === undefined) this.#members.set(room, new Set([member]));
    else members.add(member);
    const rooms = this.#rooms.get(member);
    if (rooms === undefined) this.#rooms.set(member, new Set([room]));
    else rooms.add(room);
    return true;
  }

  /** Takes a member out of a room. Returns false if it was not there. */
  leave(member: Member, room: string): boolean {
    const rooms = this.#rooms.get(member);
    if (rooms === undefined || !rooms.delete(room)) return false;
    if (rooms.size === 0) this.#rooms.delete(member);
    this.#removeFrom(room, member);
    return true;
  }

  /** Takes a member out of every room and returns those rooms. */
  leaveAll(member: Member): ReadonlySet<string> {
    const rooms = this.#rooms.get(member);
    if (rooms === undefined) return NOWHERE;
    this.#rooms.delete(member);
    for (const room of rooms) this.#removeFrom(room, member);
    return rooms;
  }

  /** Who is in the room. */
  membersOf(room: string): ReadonlySet<Member> {
    return this.#members.get(room) ?? NOBODY;
  }

  /** Where the member is. */
  roomsOf(member: Member): ReadonlySet<string> {
    return this.#rooms.get(member) ?? NOWHERE;
  }

  #removeFrom(room: string, member: Member): void {
    const members = this.#members.get(room);
    if (members === undefined) return;
    members.delete(member);
    if (members.size === 0) this.#members.delete(room);
  }
}
