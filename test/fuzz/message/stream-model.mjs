/**
 * What a client may expect of one stream. Both kinds are told of credit and answer with the messages
 * that must come; `isOver` says that the last of them was the outcome.
 */

/** A source that cannot wait: what there is no credit for is kept, up to a number. */
export class SourceModel {
  isOver = false;
  #behaviour;
  #kept = [];
  #emitted = 0;
  #lastSent = -1;
  #ending;

  constructor(behaviour) {
    this.#behaviour = behaviour;
  }

  /** The source has ended; what is kept may still wait for credit. */
  get hasEnded() {
    return this.#ending !== undefined;
  }

  /** The source gives its next number. */
  emit(call) {
    const item = this.#emitted++;
    if (call.credit > 0 && this.#kept.length === 0) return [this.#send(call, item)];
    const { overflow, capacity } = this.#behaviour;
    if (this.#kept.length < capacity) this.#kept.push(item);
    else if (overflow === 'fail') {
      return this.#end(this.#gapped({ op: 'error', code: 'OVERFLOW' }, this.#emitted));
    } else if (overflow === 'oldest') this.#kept.splice(0, 1, ...this.#kept.splice(1), item);
    return [];
  }

  /** The source ends; what is kept goes first. */
  end(call, ending) {
    this.#ending = ending;
    return this.credited(call);
  }

  credited(call) {
    const sent = [];
    while (call.credit > 0 && this.#kept.length > 0)
      sent.push(this.#send(call, this.#kept.shift()));
    if (this.#ending === undefined || this.#kept.length > 0) return sent;
    return [...sent, ...this.#end(this.#gapped(this.#ending, this.#emitted))];
  }

  #send(call, item) {
    call.credit -= 1;
    const message = this.#gapped({ op: 'next', data: item }, item);
    this.#lastSent = item;
    return message;
  }

  #gapped(message, upTo) {
    const dropped = upTo - this.#lastSent - 1;
    return dropped === 0 ? message : { ...message, dropped };
  }

  #end(message) {
    this.isOver = true;
    return [message];
  }
}

/** A source that is pulled, and only with credit: to find out that it is at its end, too. */
export class PulledModel {
  isOver = false;
  isPulled = true;
  #count;
  #isBroken;
  #next = 0;

  constructor({ isBroken = false }, count) {
    this.#isBroken = isBroken;
    this.#count = count;
  }

  credited(call) {
    const sent = [];
    while (call.credit > 0 && this.#next < this.#count) {
      call.credit -= 1;
      sent.push({ op: 'next', data: this.#next++ });
    }
    if (call.credit === 0) return sent;
    this.isOver = true;
    const end = this.#isBroken ? { op: 'error', code: 'INTERNAL' } : { op: 'complete' };
    return [...sent, end];
  }

  emit() {
    return [];
  }

  end() {
    return [];
  }
}
