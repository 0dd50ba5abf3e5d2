import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChatSettings } from './chat-settings.js';

const DEFAULT_FOLDER = fileURLToPath(new URL('../.data', import.meta.url));

/**
 * `CHAT_SECRETS`: secrets of the session cookie, newest first, with commas between them. Without it
 * one is made at the first start and kept, so that a restart logs nobody out. `CHAT_DATA`: the
 * folder for what is kept.
 */
export function readSettings(env: NodeJS.ProcessEnv): ChatSettings {
  const folder = env['CHAT_DATA'] ?? DEFAULT_FOLDER;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [newest, ...older] = (env['CHAT_SECRETS'] ?? '').split(',').filter(Boolean);
  return new ChatSettings([newest ?? readOrMakeSecret(join(folder, 'secret')), ...older], folder);
}

function readOrMakeSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const secret = randomBytes(32).toString('base64url');
    writeFileSync(file, secret, { mode: 0o600 });
    return secret;
  }
}
