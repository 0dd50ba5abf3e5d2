import { type PipeTransform, UsePipes } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WsGateway, WsHandler, WsPayload } from '../../../lib/index.js';
import { createApp } from '../support/gateway-app.js';

/** To a compiler, and to Nest, the `transform` of zod makes it a pipe. */
const schema = z.object({ text: z.string() }) as unknown as PipeTransform;

@WsGateway('/method')
class OnMethod {
  @UsePipes(schema)
  @WsHandler('say')
  say(@WsPayload() payload: unknown): unknown {
    return payload;
  }
}

@WsGateway('/class')
@UsePipes(schema)
class OnClass {
  @WsHandler('say')
  say(@WsPayload() payload: unknown): unknown {
    return payload;
  }
}

@WsGateway('/global')
class Plain {
  @WsHandler('say')
  say(@WsPayload() payload: unknown): unknown {
    return payload;
  }
}

describe('a schema among the pipes, where it would check nothing, is refused at start', () => {
  const message = 'say has a schema among its pipes, which would check nothing: write @WsPayload(';

  it.each([OnMethod, OnClass])('%o', async (gateway) => {
    await expect(createApp({ providers: [gateway] })).rejects.toThrow(
      `${gateway.name}.${message}schema)`,
    );
  });

  it('for the whole application', async () => {
    const start = createApp({
      providers: [Plain],
      configure: (app) => app.useGlobalPipes(schema),
    });
    await expect(start).rejects.toThrow(`Plain.${message}schema)`);
  });
});
