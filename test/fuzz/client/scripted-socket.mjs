/** Values of `readyState` in the HTML standard. */
const OPEN = 1;
const CLOSED = 3;

/** A WebSocket whose server is the fuzzer: it opens at once, and says what it is told to. */
export class ScriptedSocket {
  binaryType = 'blob';
  bufferedAmount = 0;
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  /** What the client sent, decoded. */
  sent = [];
  isOver = false;

  constructor() {
    queueMicrotask(() => this.onopen?.({}));
  }

  get readyState() {
    return this.isOver ? CLOSED : OPEN;
  }

  send(data) {
    if (this.isOver) throw new Error('sent after the end');
    this.sent.push(JSON.parse(data));
  }

  close(code = 1005, reason = '') {
    this.isOver = true;
    queueMicrotask(() => this.onclose?.({ code, reason }));
  }

  terminate() {
    this.isOver = true;
  }

  /** The server says something. */
  say(data) {
    if (!this.isOver) this.onmessage?.({ data });
  }
}
