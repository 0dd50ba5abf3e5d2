import { setTimeout as wait } from 'node:timers/promises';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { UpgradeRequest } from 'nestjs-wsgate';
import { Tally } from './tally.js';

const SLOW_MS = 40;
/** Far longer than the application waits, however busy it is. */
const HANGS_MS = 5_000;

/** Lets in, refuses, thinks or hangs, as the header `x-door` of the handshake asks. */
@Injectable()
export class DoorGuard implements CanActivate {
  constructor(private readonly tally: Tally) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<UpgradeRequest>();
    switch (headers['x-door']) {
      case 'forbid':
        return false;
      case 'unauthorized':
        throw new UnauthorizedException();
      case 'break':
        throw new Error('the guard broke');
      case 'slow':
        await wait(SLOW_MS);
        return true;
      case 'hang':
        this.tally.guards.begun += 1;
        await wait(HANGS_MS);
        this.tally.guards.ended += 1;
        return true;
      default:
        return true;
    }
  }
}
