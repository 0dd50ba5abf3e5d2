import { onTestFinished } from 'vitest';
import { WsClient, type WsClientOptions, type WsStatus } from 'nestjs-wsgate/client';

type State = WsStatus['state'];
type StatusIn<S extends State> = Extract<WsStatus, { readonly state: S }>;

/** A client with short delays that ends with the test. */
export function createClient(url: string, options: WsClientOptions = {}): WsClient {
  const client = new WsClient(url, { backoff: { minMs: 4, maxMs: 40 }, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** Resolves when the status is this one: now, or later. */
export function whenStatus<S extends State>(client: WsClient, state: S): Promise<StatusIn<S>> {
  const { status } = client;
  return status.state === state
    ? Promise.resolve(status as StatusIn<S>)
    : nextStatus(client, state);
}

/** Resolves the next time the status becomes this one. */
export function nextStatus<S extends State>(client: WsClient, state: S): Promise<StatusIn<S>> {
  return new Promise((resolve) => {
    const stop = client.onStatus((status) => {
      if (status.state !== state) return;
      stop();
      resolve(status as StatusIn<S>);
    });
  });
}
