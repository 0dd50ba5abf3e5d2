/**
 * Keeps `inFlight` messages under way on every connection: a window is sent in one write, and the
 * next one when all its answers are there.
 */
export class EchoLoad {
  #connections;
  #messages;
  #inFlight;
  #left = 0;
  #waiting = 0;
  #finish = () => {};

  constructor(connections, messages, inFlight) {
    this.#messages = messages;
    this.#inFlight = inFlight;
    this.#connections = connections;
    connections.forEach((connection, index) => {
      connection.next = index % messages.count;
      connection.due = 0;
      connection.onAnswers = (count) => this.#answered(connection, count);
    });
  }

  /** Resolves when so many messages have been sent and all answers verified. */
  run(count) {
    return new Promise((resolve) => {
      this.#left = count;
      this.#waiting = count;
      this.#finish = resolve;
      for (const connection of this.#connections) this.#send(connection);
    });
  }

  #send(connection) {
    const count = Math.min(this.#inFlight, this.#left);
    if (count === 0) return;
    this.#left -= count;
    connection.due = count;
    const { starts, ring } = this.#messages;
    const from = connection.next;
    connection.next = (from + count) % this.#messages.count;
    connection.write(ring.subarray(starts[from], starts[from + count]));
  }

  #answered(connection, count) {
    connection.due -= count;
    this.#waiting -= count;
    if (connection.due < 0) throw new Error('more answers than messages');
    if (connection.due === 0) this.#send(connection);
    if (this.#waiting === 0) this.#finish();
  }
}
