import { jsonCodec } from '../../protocol/wsgate/json-codec.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import { checkedCodec } from './checked-codec.js';

/** What a client and a path agree on. */
export interface Agreement {
  /** The subprotocol for the 101; `undefined` for none. */
  readonly protocol: string | undefined;
  readonly codec: WsCodec;
}

/** The codecs and subprotocols of one path. */
export class Subprotocols {
  readonly #codecs: ReadonlyMap<string, WsCodec>;
  readonly #fallback: WsCodec;

  /**
   * @param own the application's codec, which then is the only one.
   * @param builtIn the codecs of `wsgate.v1` that are available; the first serves clients that
   *   offer no subprotocol.
   * @param extra further subprotocols of the application.
   */
  constructor(own: WsCodec | undefined, builtIn: readonly WsCodec[], extra: readonly string[]) {
    const codecs = own === undefined ? builtIn : [checkedCodec(own)];
    const [fallback = jsonCodec] = codecs;
    this.#fallback = fallback;
    this.#codecs = new Map([
      ...extra.map((protocol): [string, WsCodec] => [protocol, fallback]),
      ...codecs.flatMap((codec): [string, WsCodec][] =>
        codec.protocol === undefined ? [] : [[codec.protocol, codec]],
      ),
    ]);
  }

  /** Those that are spoken. */
  get names(): readonly string[] {
    return [...this.#codecs.keys()];
  }

  /** Agrees on the first offer that is known (RFC 6455 4.2.2: the client's order is its preference). */
  agree(offered: readonly string[]): Agreement {
    const protocol = offered.find((name) => this.#codecs.has(name));
    const codec = protocol === undefined ? undefined : this.#codecs.get(protocol);
    return { protocol, codec: codec ?? this.#fallback };
  }
}
