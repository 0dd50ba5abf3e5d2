/**
 * What a client and a server agree on, written once as an interface both import. Every part may be
 * left out. It is about types only: it says what travels as JSON, so a `Date` is a string here.
 *
 * @example
 * interface ChatContract {
 *   calls: { 'message.send': { payload: SendMessage; reply: Ack } };
 *   streams: { 'prices.watch': { payload: WatchPrices; item: Price } };
 *   events: { typing: { room: string } };
 *   pushes: { 'message.new': Message };
 * }
 */
export interface WsContract {
  /** Client to server, answered once: `{ payload, reply }` per type. */
  readonly calls?: object;
  /** Client to server, answered by many: `{ payload, item }` per type. */
  readonly streams?: object;
  /** Client to server, not answered: the payload per type. */
  readonly events?: object;
  /** Server to client, not asked for: the data per type. */
  readonly pushes?: object;
}

/** The contract of those who have none: every type, and `unknown` for what travels. */
export interface UntypedContract {
  readonly calls: Readonly<Record<string, { readonly payload: unknown; readonly reply: unknown }>>;
  readonly streams: Readonly<Record<string, { readonly payload: unknown; readonly item: unknown }>>;
  readonly events: Readonly<Record<string, unknown>>;
  readonly pushes: Readonly<Record<string, unknown>>;
}

type Part<C extends WsContract, Name extends keyof WsContract> = NonNullable<C[Name]>;
type TypeOf<C extends WsContract, Name extends keyof WsContract> = keyof Part<C, Name> & string;
/** Stands for what an entry of a contract says with a member that means nothing there. */
interface UnknownMember<Name> {
  readonly 'the contract has a member that means nothing here': Name;
}
/** A member of a type's entry; `undefined` where the entry does not have it. */
type Member<Entry, Name extends string, Names extends string> = Name extends keyof Entry
  ? Entry[Name]
  : [Exclude<keyof Entry, Names>] extends [never]
    ? undefined
    : UnknownMember<Entry extends object ? Exclude<keyof Entry, Names> : Entry>;
type CallMember = 'payload' | 'reply';
type StreamMember = 'payload' | 'item';

// Where `K extends CallType<C> & string` stands, `& string` changes nothing but the compiler's error
// for a type that is not in the contract: it lists those that are, instead of the alias's name.

/** The types of a contract that are answered once. */
export type CallType<C extends WsContract> = TypeOf<C, 'calls'>;
/** The types of a contract that are answered by a stream. */
export type StreamType<C extends WsContract> = TypeOf<C, 'streams'>;
/** The types of a contract that are not answered. */
export type EventType<C extends WsContract> = TypeOf<C, 'events'>;
/** The types of a contract that the server sends unasked. */
export type PushType<C extends WsContract> = TypeOf<C, 'pushes'>;
/** Everything a client may send, and so everything a server may have a handler for. */
export type MessageType<C extends WsContract> = CallType<C> | StreamType<C> | EventType<C>;

/** What a call answers with. */
export type ReplyOf<C extends WsContract, K extends CallType<C>> = Member<
  Part<C, 'calls'>[K],
  'reply',
  CallMember
>;
/** What a stream consists of. */
export type ItemOf<C extends WsContract, K extends StreamType<C>> = Member<
  Part<C, 'streams'>[K],
  'item',
  StreamMember
>;
/** What a push carries. */
export type PushOf<C extends WsContract, K extends PushType<C>> = Part<C, 'pushes'>[K];

/** What a call, stream or event carries to the server. */
export type PayloadOf<C extends WsContract, K extends MessageType<C>> =
  K extends CallType<C>
    ? Member<Part<C, 'calls'>[K], 'payload', CallMember>
    : K extends StreamType<C>
      ? Member<Part<C, 'streams'>[K], 'payload', StreamMember>
      : K extends EventType<C>
        ? Part<C, 'events'>[K]
        : never;

/** Arguments `(data, ...rest)` in which data that may be undefined may be left out. */
export type DataArguments<Data, Rest extends readonly unknown[] = []> = undefined extends Data
  ? [data?: Data, ...rest: Rest]
  : [data: Data, ...rest: Rest];
