import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type CanActivate, Injectable, UnauthorizedException } from '@nestjs/common';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ClientOptions } from 'ws';
import { UseHandshakeGuards, WsGateway, WsHandler } from '../../../lib/index.js';
import { until } from '../../support/until.js';
import { PLATFORMS, serveApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';
import { connectPeer, type Refusal, refusedPeer } from '../support/ws-peer.js';

class Refusing implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException();
  }
}
class Failing implements CanActivate {
  canActivate(): never {
    throw new Error('the database is down');
  }
}

@WsGateway('/refused')
@UseHandshakeGuards(new Refusing())
@Injectable()
class RefusedGateway {}

@WsGateway('/failed')
@UseHandshakeGuards(new Failing())
@Injectable()
class FailedGateway {}

@WsGateway('/open')
@Injectable()
class OpenGateway {
  @WsHandler('fail') fail(): never {
    throw new Error('out of order');
  }
  onWsClose(): never {
    throw new Error('out of order');
  }
}

/** A log whose disk is full, from some moment on. */
class BrokenLog extends Lines {
  break(): void {
    const fail = (): never => {
      throw new Error('ENOSPC');
    };
    Object.assign(this, { log: fail, error: fail, warn: fail, debug: fail, verbose: fail });
  }
}

describe.each(PLATFORMS)('a log that throws, on %s', (platform) => {
  const escaped: unknown[] = [];
  const note = (error: unknown): number => escaped.push(error);
  afterEach(() => {
    escaped.length = 0;
  });

  it('neither changes what clients get nor ends the process', async () => {
    process.on('unhandledRejection', note).on('uncaughtException', note);
    onTestFinished(
      () => void process.off('unhandledRejection', note).off('uncaughtException', note),
    );
    const log = new BrokenLog();
    const providers = [RefusedGateway, FailedGateway, OpenGateway];
    const setup = { platform, providers, options: { maxConnections: 1 }, nest: { logger: log } };
    const { app, url } = await serveApp(setup);
    let places = 0;
    (app.getHttpServer() as Server).on('connection', (socket: Socket) => {
      places += 1;
      socket.once('close', () => (places -= 1));
    });
    // The next client may come before the server sees that the one before it has gone.
    const refused = async (path: string, options?: ClientOptions): Promise<Refusal> => {
      const refusal = await refusedPeer(url + path, options);
      await until(() => places === 0);
      return refusal;
    };
    log.break();
    expect(await refused('/refused')).toMatchObject({ status: 401 });
    expect(await refused('/failed')).toMatchObject({ status: 500 });
    expect(await refused('/open', { protocolVersion: 8 })).toMatchObject({ status: 426 });
    const peer = await connectPeer(`${url}/open`);
    expect(await refusedPeer(`${url}/open`)).toMatchObject({ status: 503 });
    expect(await peer.call('fail')).toMatchObject({ error: { code: 'INTERNAL' } });
    expect(await peer.call('unknown')).toMatchObject({ error: { code: 'UNKNOWN_TYPE' } });
    await peer.close();
    await app.close();
    expect(escaped).toEqual([]);
  });
});
