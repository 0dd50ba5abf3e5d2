// Run before the tests of the plain lane: makes Node's internals unavailable, as they may be in a
// future Node.
import { findStreamBindings } from '../../lib/socket/transport/tcp-internals.js';

Object.assign(process, {
  binding: (name: string): never => {
    throw new Error(`no binding ${name}: these tests run on the plain lane`);
  },
});

if (findStreamBindings() !== undefined) throw new Error('the fast lane is still open');
