import { addShown, deleteShown, ShownSet } from './shown-set.js';

const NOBODY: ReadonlySet<never> = new ShownSet<never>();
const NOWHERE: ReadonlySet<string> = new ShownSet<string>();

/**
 * Keeps track of who is in which room. Members are compared by identity; a room exists as long as
 * somebody is in it.
 */
export class Rooms<Member extends object> {
  readonly #members = new Map<string, ShownSet<Member>>();
  readonly #rooms = new Map<Member, ShownSet<string>>();
  /** Whose set of rooms has been given away: it is replaced by a copy before the next change. */
  readonly #lent = new Set<Member>();

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
    const members = this.#members.get(room) ?? new ShownSet<Member>();
    if (members.has(member)) return false;
    if (members.size === 0) this.#members.set(room, members);
    addShown(members, member);
    addShown(this.#ownRoomsOf(member), room);
    return true;
  }

  /** Takes a member out of a room. Returns false if it was not there. */
  leave(member: Member, room: string): boolean {
    if (this.#rooms.get(member)?.has(room) !== true) return false;
    const rooms = this.#ownRoomsOf(member);
    deleteShown(rooms, room);
    if (rooms.size === 0) this.#rooms.delete(member);
    this.#removeFrom(room, member);
    return true;
  }

  /** Takes a member out of every room and returns those rooms. */
  leaveAll(member: Member): ReadonlySet<string> {
    const rooms = this.#rooms.get(member);
    if (rooms === undefined) return NOWHERE;
    this.#rooms.delete(member);
    this.#lent.delete(member);
    for (const room of rooms) this.#removeFrom(room, member);
    return rooms;
  }

  /** Who is in the room: a live view, to be iterated at once. */
  membersOf(room: string): ReadonlySet<Member> {
    return this.#members.get(room) ?? NOBODY;
  }

  /** Where the member is now. The set does not change when the member moves on. */
  roomsOf(member: Member): ReadonlySet<string> {
    const rooms = this.#rooms.get(member);
    if (rooms === undefined) return NOWHERE;
    this.#lent.add(member);
    return rooms;
  }

  /**
   * The member's set, to be changed: a new one where there is none, or others
   * have the one there is.
   */
  #ownRoomsOf(member: Member): ShownSet<string> {
    const rooms = this.#rooms.get(member);
    if (rooms !== undefined && !this.#lent.delete(member)) return rooms;
    const own = new ShownSet<string>();
    for (const room of rooms ?? NOWHERE) addShown(own, room);
    this.#rooms.set(member, own);
    return own;
  }

  #removeFrom(room: string, member: Member): void {
    const members = this.#members.get(room);
    if (members === undefined) return;
    deleteShown(members, member);
    if (members.size === 0) this.#members.delete(room);
  }
}
