/**
 * Has messages broadcast: the first `senders` connections send one each at the same time, and again
 * when everybody has got `heard` of them. A delivery is what counts as a message.
 */
export class BroadcastLoad {
  #connections;
  #messages;
  #senders;
  #heard;
  #left = 0;
  #waiting = 0;
  #finish = () => {};

  constructor(connections, messages, { senders, heard }) {
    this.#connections = connections;
    this.#messages = messages;
    this.#senders = connections.slice(0, senders);
    this.#heard = heard;
    const onAnswers = (count) => this.#answered(count);
    for (const connection of connections) connection.onAnswers = onAnswers;
  }

  /** Resolves when so many deliveries have been verified; a multiple of connections and senders. */
  run(count) {
    return new Promise((resolve) => {
      this.#left = count;
      this.#finish = resolve;
      this.#send();
    });
  }

  #send() {
    this.#waiting = this.#connections.length * this.#heard;
    this.#left -= this.#waiting;
    const { ring, starts } = this.#messages;
    const message = ring.subarray(0, starts[1]);
    for (const sender of this.#senders) sender.write(message);
  }

  #answered(count) {
    this.#waiting -= count;
    if (this.#waiting < 0) throw new Error('more deliveries than there are receivers');
    if (this.#waiting > 0) return;
    if (this.#left > 0) this.#send();
    else this.#finish();
  }
}
