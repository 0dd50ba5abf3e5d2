import { isUtf8 } from 'node:buffer';

/**
 * Validates UTF-8 as it arrives and refuses an invalid byte at once, wherever a chunk ends.
 *
 * The bulk goes to the platform's validator. Only a character cut by the end of a chunk is followed
 * byte by byte, with the table of well-formed sequences of RFC 3629 section 4: what may follow a
 * lead byte is a range, and only the second byte's range depends on the lead.
 */
export class Utf8Validator {
  /** Continuation bytes the character in progress still needs. */
  #needed = 0;
  /** The range the next continuation byte must lie in. */
  #lower = 0x80;
  #upper = 0xbf;

  /** False once the bytes so far cannot begin any valid text. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (this.#needed > 0 && at < end) {
      if (!this.#accept(bytes[at++])) return false;
    }
    if (at === end) return true;
    const cut = startOfLastCharacter(bytes, at, end);
    if (!isUtf8(bytes.subarray(at, cut))) return false;
    for (at = cut; at < end; at++) {
      if (!this.#accept(bytes[at])) return false;
    }
    return true;
  }

  /** Whether the text may end here: no character is unfinished. */
  get isComplete(): boolean {
    return this.#needed === 0;
  }

  #accept(byte: number): boolean {
    if (this.#needed === 0) return this.#acceptLead(byte);
    if (byte < this.#lower || byte > this.#upper) return false;
    this.#needed--;
    this.#lower = 0x80;
    this.#upper = 0xbf;
    return true;
  }

  #acceptLead(lead: number): boolean {
    if (lead < 0x80) return true;
    if (lead < 0xc2 || lead > 0xf4) return false;
    this.#needed = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    // Overlong forms (E0, F0), surrogates (ED) and code points past U+10FFFF (F4) are ruled out here.
    if (lead === 0xe0) this.#lower = 0xa0;
    else if (lead === 0xed) this.#upper = 0x9f;
    else if (lead === 0xf0) this.#lower = 0x90;
    else if (lead === 0xf4) this.#upper = 0x8f;
    return true;
  }
}

/**
 * Where the last character begins if `end` cuts it off, or else `end`. Looks back over three bytes
 * at most: a lead byte further back has room for its whole character.
 */
function startOfLastCharacter(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.max(start, end - 3);
  for (let at = end - 1; at >= limit; at--) {
    const byte = bytes[at];
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return at;
  }
  return end;
}
