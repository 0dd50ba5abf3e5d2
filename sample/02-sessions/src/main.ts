import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createShop } from './create-shop.js';

// One that everybody can read here would let anybody make sessions.
const secret = process.env['SESSION_SECRET'] || randomBytes(32).toString('hex');
const app = await createShop(secret);
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(
  `The shop is at ${await app.getUrl()}. It has no page: its README.md has what to type.`,
);
