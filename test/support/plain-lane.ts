// Run before the tests of the plain lane: Node's internals are not to be had, as they may not be in a Node to come.
import { findStreamBindings } from '../../lib/socket/transport/tcp-internals.js';

Object.assign(process, {
  binding: (name: string): never => {
    throw new Error(`no binding ${name}: these tests run on the plain lane`);
  },
});

if (findStreamBindings() !== undefined) throw new Error('the fast lane is still open');
