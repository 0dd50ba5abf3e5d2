import type { ServerResponse } from 'node:http';

/** What the reply of Fastify has beyond Node's response, as far as a guard may call it. */
export interface ReplyMethods {
  readonly raw: ServerResponse;
  header(name: string, value?: HeaderValue): ReplyMethods;
  headers(values: Readonly<Record<string, HeaderValue>>): ReplyMethods;
  code(status: number): ReplyMethods;
  status(status: number): ReplyMethods;
  type(contentType: string): ReplyMethods;
  redirect(url: string, status?: number): ReplyMethods;
  send(payload?: unknown): ReplyMethods;
}

type HeaderValue = string | number | readonly string[] | undefined;

/** Puts on a response the methods of Fastify's reply, so that guards written for it work unchanged. */
export function addReplyMethods(response: ServerResponse): void {
  const methods: ReplyMethods = {
    raw: response,
    header: (name, value) => chain(() => setHeader(response, name, value)),
    headers: (values) =>
      chain(() => {
        for (const [name, value] of Object.entries(values)) setHeader(response, name, value);
      }),
    code: (status) => chain(() => void (response.statusCode = status)),
    status: (status) => methods.code(status),
    type: (contentType) => methods.header('Content-Type', contentType),
    redirect: (url, status = 302) => methods.code(status).header('Location', url).send(),
    send: (payload) => chain(() => send(response, payload)),
  };
  const reply = Object.assign(response, methods);

  function chain(act: () => void): ReplyMethods {
    act();
    return reply;
  }
}

/** As in Fastify, cookies add up where other headers replace one another. */
function setHeader(response: ServerResponse, name: string, value: HeaderValue = ''): void {
  if (name.toLowerCase() !== 'set-cookie') response.setHeader(name, value);
  else response.appendHeader(name, typeof value === 'number' ? String(value) : value);
}

function send(response: ServerResponse, payload: unknown): void {
  if (payload === undefined || typeof payload === 'string' || payload instanceof Uint8Array) {
    response.end(payload);
    return;
  }
  if (!response.hasHeader('content-type')) {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  }
  response.end(JSON.stringify(payload));
}
