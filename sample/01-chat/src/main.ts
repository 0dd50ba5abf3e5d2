import 'reflect-metadata';
import { createChat } from './create-chat.js';
import { readSettings } from './read-settings.js';

const app = await createChat(readSettings(process.env));
const port = Number(process.env['PORT'] ?? 3000);
try {
  await app.listen(port, '127.0.0.1');
} catch (error) {
  console.error(`Port ${port} is not free: ${String(error)}. To use another: PORT=3001 npm start`);
  process.exit(1);
}
console.log(`
  The chat is at ${await app.getUrl()}

  Open it in two windows, one of them private, and come in under two names. Then
    - write in one, and watch the other; pause the prices
    - stop this server with Ctrl+C, and start it again
    - log out in one tab of two
`);
