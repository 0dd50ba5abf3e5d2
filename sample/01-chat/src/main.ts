import 'reflect-metadata';
import { createChat } from './create-chat.js';
import { readSettings } from './read-settings.js';

const app = await createChat(readSettings(process.env));
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(`Open ${await app.getUrl()} in two browser windows.`);
