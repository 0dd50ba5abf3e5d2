import { describe, expect, it } from 'vitest';
import { type DomEvent, WebSocket } from 'nestjs-wsgate/server';
import { dial, fence, next, pair, serve } from './support/serve.js';

describe('the browser-style face', () => {
  it('has the states as numbers, on the class and on every socket', async () => {
    const { near } = await pair();
    for (const face of [WebSocket, near]) {
      expect([face.CONNECTING, face.OPEN, face.CLOSING, face.CLOSED]).toEqual([0, 1, 2, 3]);
    }
  });

  it('hands out open, message and close with their fields', async () => {
    const { server, url } = await serve();
    server.on('connection', (socket) => {
      socket.send('grün');
      socket.close(4000, 'done');
    });
    const client = dial(url);
    const events: DomEvent[] = [];
    client.onopen = client.onmessage = client.onclose = (event): void => void events.push(event);
    await next(client, 'close');
    expect(events).toEqual([
      { type: 'open', target: client },
      { type: 'message', target: client, data: 'grün' },
      { type: 'close', target: client, code: 4000, reason: 'done', wasClean: true },
    ]);
  });

  it('hands out error', async () => {
    const client = dial('ws://127.0.0.1:1');
    const events: DomEvent[] = [];
    client.onerror = (event): void => void events.push(event);
    await next(client, 'close');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'error', message: events[0].error?.message });
  });

  it('gives bytes as binaryType says', async () => {
    const { near, far } = await pair();
    const data: unknown[] = [];
    near.addEventListener('message', (event) => data.push(event.data));
    expect(near.binaryType).toBe('nodebuffer');
    far.send(Buffer.from('ab'));
    await fence(near);
    near.binaryType = 'arraybuffer';
    far.send(Buffer.from('cd'));
    far.send('text');
    await fence(near);
    expect(data).toEqual([Buffer.from('ab'), new Uint8Array([0x63, 0x64]).buffer, 'text']);
  });

  it('adds a listener once, removes it, and honours once', async () => {
    const { near, far } = await pair();
    const calls: string[] = [];
    const listener = (): void => void calls.push('always');
    near.addEventListener('message', listener);
    near.addEventListener('message', listener);
    near.addEventListener('message', () => calls.push('once'), { once: true });
    near.addEventListener('message', { handleEvent: () => calls.push('object') });
    far.send('1');
    far.send('2');
    await fence(near);
    expect(calls).toEqual(['always', 'once', 'object', 'always', 'object']);
    near.removeEventListener('message', listener);
    far.send('3');
    await fence(near);
    expect(calls.slice(5)).toEqual(['object']);
  });

  it('does not call a listener that one before it removed, and removes no other for it', async () => {
    const { near, far } = await pair();
    const calls: string[] = [];
    const late = (): void => void calls.push('late');
    near.addEventListener('message', () => near.removeEventListener('message', late));
    near.addEventListener('message', late, { once: true });
    near.onmessage = (): void => void calls.push('attribute');
    far.send('1');
    far.send('2');
    await fence(near);
    expect(calls).toEqual(['attribute', 'attribute']);
    near.onmessage = null;
    far.send('3');
    await fence(near);
    expect(calls).toHaveLength(2);
  });

  it('keeps one attribute listener, which can be read, replaced and cleared', async () => {
    const { near, far } = await pair();
    const calls: string[] = [];
    const first = (): void => void calls.push('first');
    const second = (): void => void calls.push('second');
    expect(near.onmessage).toBeNull();
    near.onmessage = first;
    near.onmessage = second;
    expect(near.onmessage).toBe(second);
    near.addEventListener('message', second);
    far.send('1');
    await fence(near);
    near.onmessage = null;
    far.send('2');
    await fence(near);
    expect(calls).toEqual(['second', 'second', 'second']);
  });

  it('calls a function with the socket as this', async () => {
    const { near, far } = await pair();
    const seen = new Promise<unknown>((resolve) => {
      near.addEventListener('message', function (this: unknown) {
        resolve(this);
      });
    });
    far.send('1');
    expect(await seen).toBe(near);
  });
});
