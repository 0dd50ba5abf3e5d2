import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from './create-server.js';

const server = createServer(Number(process.env['PORT'] ?? 3000));
await once(server, 'listening');
console.log(`Echo: ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
