/**
 * Sends at a fixed rate, whatever comes back, one connection after another. The latency of a message
 * counts from when it was due, so that a server that stalls is not spared the messages held up by it.
 */
export class PacedLoad {
  #connections;
  #messages;
  #rate;

  /** `rate` in messages per second, over all connections. */
  constructor(connections, messages, rate) {
    this.#connections = connections;
    this.#messages = messages;
    this.#rate = rate;
    connections.forEach((connection, index) => {
      connection.next = index % messages.count;
      connection.due = [];
    });
  }

  /** Resolves with the latency of every message in microseconds. */
  run(count) {
    return new Promise((resolve) => {
      const latencies = [];
      for (const connection of this.#connections) {
        connection.onAnswers = (answers) => {
          const now = performance.now();
          for (const due of connection.due.splice(0, answers)) latencies.push((now - due) * 1000);
          if (latencies.length === count) resolve(latencies.map(Math.round));
        };
      }
      this.#pace(count);
    });
  }

  /** Looks at the clock in every turn of the event loop: a timer is a millisecond late. */
  #pace(count) {
    const start = performance.now();
    const interval = 1000 / this.#rate;
    let sent = 0;
    const turn = () => {
      const dueCount = Math.min(count, Math.floor((performance.now() - start) / interval));
      for (; sent < dueCount; sent++) this.#send(sent, start + sent * interval);
      if (sent < count) setImmediate(turn);
    };
    turn();
  }

  #send(index, due) {
    const connection = this.#connections[index % this.#connections.length];
    const { ring, starts, count } = this.#messages;
    const { next } = connection;
    connection.next = (next + 1) % count;
    connection.due.push(due);
    connection.write(ring.subarray(starts[next], starts[next + 1]));
  }
}
