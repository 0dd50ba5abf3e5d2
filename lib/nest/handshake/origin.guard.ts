import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { readGatewayMetadata } from '../gateway/read-gateway-metadata.js';
import { resolveWsOptions } from '../options/resolve-ws-options.js';
import type { WsModuleOptions } from '../options/ws-module-options.js';
import { WS_OPTIONS } from '../options/ws-options.token.js';
import { isOriginAllowed, type OriginRules } from './check-origin.js';

/** Fastify gives its routes a request of its own, and Node's in `raw`. */
type MaybeFastifyRequest = IncomingMessage & { readonly raw?: IncomingMessage };

/**
 * Refuses pages of other origins (cross-site WebSocket hijacking). Every gateway runs this check
 * first, listed or not; the guard is for listing it in plain sight, and for HTTP routes. Widen it
 * with `@AllowOrigins`, or with the option `origin`.
 */
@Injectable()
export class OriginGuard implements CanActivate {
  // Not `#`: for a subclass that injects by `forwardRef`, Nest copies the fields to another object.
  private readonly rules = new Map<object, OriginRules>();

  constructor(@Inject(WS_OPTIONS) private readonly options: WsModuleOptions) {}

  /** Allows every message: its connection was checked when it was opened. */
  canActivate(context: ExecutionContext): boolean {
    if (context.getType<string>() === 'ws') return true;
    const request = context.switchToHttp().getRequest<MaybeFastifyRequest>();
    return isOriginAllowed(request.raw ?? request, this.rulesFor(context.getClass()));
  }

  private rulesFor(classRef: { readonly name: string }): OriginRules {
    const known = this.rules.get(classRef);
    if (known) return known;
    const own = readGatewayMetadata(classRef) ?? {};
    const rules = resolveWsOptions(this.options, own);
    this.rules.set(classRef, rules);
    return rules;
  }
}
