export { UnexpectedResponse } from '../socket/opening-handshake/unexpected-response.js';
export { connect, type TestableApplication } from './connect.js';
export type { ConnectOptions } from './connect-options.js';
export type { TestClient, TestClose } from './test-client.js';
