import { WsClient } from 'nestjs-wsgate/client';

// What the page of the browser tests loads: the client as a page gets it from a bundler.
Object.assign(globalThis, { WsClient });
