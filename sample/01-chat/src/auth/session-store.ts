import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ChatSettings } from '../chat-settings.js';
import type { User } from './user.js';

/** Milliseconds a session lasts. */
export const SESSION_LIFETIME = 7 * 24 * 60 * 60 * 1000;
const MAX_SESSIONS = 10_000;

interface Session {
  readonly name: string;
  readonly expires: number;
}

/**
 * Who is logged in, in a file, so that a restart logs nobody out. A real application asks its
 * database or its cache here.
 */
@Injectable()
export class SessionStore {
  private readonly file: string;
  private readonly sessions: Map<string, Session>;

  constructor(settings: ChatSettings) {
    this.file = join(settings.dataFolder, 'sessions.json');
    this.sessions = new Map(readEntries(this.file));
  }

  /** Begins a session; one that had the name until now ends. Returns its id, not to be guessed. */
  open(name: string): string {
    for (const [id, session] of this.sessions) {
      if (isSameName(session.name, name)) this.sessions.delete(id);
    }
    const [oldest] = this.sessions.keys();
    if (this.sessions.size >= MAX_SESSIONS && oldest !== undefined) this.sessions.delete(oldest);
    const id = randomBytes(18).toString('base64url');
    this.sessions.set(id, { name, expires: Date.now() + SESSION_LIFETIME });
    this.save();
    return id;
  }

  /** Whose session it is; null when there is none, or no longer. */
  find(id: string): User | null {
    const session = this.sessions.get(id);
    return session && session.expires > Date.now() ? { name: session.name } : null;
  }

  /** Ends a session, for good. */
  end(id: string): void {
    if (this.sessions.delete(id)) this.save();
  }

  private save(): void {
    // Renaming is atomic: a crash leaves the old file or the new one, never half of one.
    writeFileSync(`${this.file}.new`, JSON.stringify([...this.sessions]), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Whether two names are the same to a reader. */
export function isSameName(a: string, b: string): boolean {
  return a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
}

function readEntries(file: string): [string, Session][] {
  try {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as [string, Session][];
    return entries.filter(([, session]) => session.expires > Date.now());
  } catch {
    return [];
  }
}
