import 'reflect-metadata';
import { createShop } from './create-shop.js';

const app = await createShop(process.env['SESSION_SECRET'] ?? 'only for trying it out');
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(
  `The shop is at ${await app.getUrl()}. It has no page: its README.md has what to type.`,
);
