import type { User } from './user.js';

/** What the page is told about its session: who it is, or why it is nobody. */
export type SessionState =
  | { readonly user: User }
  | { readonly user: null; readonly reason: 'missing' | 'forged' | 'ended' };
