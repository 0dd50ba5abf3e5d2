import { WsClient, type WsClientOptions } from 'nestjs-wsgate/client';

/** A client whose event loop is held: while it connects, while it calls, and after each ping it sends. */
const [, , url, milliseconds] = process.argv;
const ms = Number(milliseconds);

function spin(): void {
  const end = performance.now() + 2 * ms;
  while (performance.now() < end);
}

function tell(what: string): void {
  process.stdout.write(`${what}\n`);
}

const codec: WsClientOptions['codec'] = {
  protocol: 'wsgate.v1',
  decode: (data) => JSON.parse(String(data)) as unknown,
  encode(message) {
    if ('op' in message && message.op === 'ping') {
      tell('ping');
      setImmediate(spin);
    }
    return JSON.stringify(message);
  },
};

tell('0');
const client = new WsClient(url, {
  connectTimeoutMs: ms,
  heartbeatIntervalMs: ms / 4,
  heartbeatTimeoutMs: ms,
  timeoutMs: ms,
  codec,
});
client.onStatus(({ state }) => tell(state));
spin();
await client.connect();
const reply = client.request('hello');
setImmediate(spin);
tell(String(await reply));
