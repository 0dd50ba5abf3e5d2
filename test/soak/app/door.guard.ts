import { setTimeout as wait } from 'node:timers/promises';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { UpgradeRequest } from 'nestjs-wsgate';

const SLOW_MS = 40;
const HANGS_MS = 2_000;

/** Lets in, refuses, thinks or hangs, as the header `x-door` of the handshake asks. */
@Injectable()
export class DoorGuard implements CanActivate {
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
        await wait(HANGS_MS);
        return true;
      default:
        return true;
    }
  }
}
