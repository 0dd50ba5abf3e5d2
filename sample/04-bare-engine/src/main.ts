import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from './create-server.js';

const server = createServer(Number(process.env['PORT'] ?? 3000));
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
console.log(`The echo is at ws://127.0.0.1:${port}. Its README.md has what to type.`);
