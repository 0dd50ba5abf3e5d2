import type { ConfigurableModuleOptionsFactory } from '@nestjs/common';
import { InvalidUse } from '../protocol/invalid-use.js';
import type { WsModuleOptions } from './options/ws-module-options.js';
import { showGiven } from './show-given.js';

const WAYS: readonly string[] = ['useFactory', 'useClass', 'useExisting'];

/**
 * Looks at what `WsModule.forRootAsync` was given: what Nest says of it names none of this.
 *
 * @throws InvalidUse where nothing says how the options are made
 */
export function assertAsyncOptions(given: object): void {
  const members = new Map<string, unknown>(Object.entries((given as object | undefined) ?? {}));
  if (!WAYS.some((name) => members.get(name) !== undefined)) {
    throw new InvalidUse(
      `WsModule.forRootAsync: ${showGiven(given)} given; expected { useFactory, inject }, ` +
        '{ useClass } or { useExisting }',
    );
  }
  const factory = members.get('useFactory');
  if (factory === undefined || typeof factory === 'function') return;
  throw new InvalidUse(
    `WsModule.forRootAsync: useFactory: ${showGiven(factory)} given; expected a function that ` +
      'returns the options',
  );
}

/**
 * Has an instance of `useClass` or `useExisting` make the options.
 *
 * @throws InvalidUse where it cannot
 */
export function createOptions(
  maker: ConfigurableModuleOptionsFactory<WsModuleOptions, 'create'>,
): WsModuleOptions | Promise<WsModuleOptions> {
  if (typeof (maker as Partial<typeof maker>).create === 'function') return maker.create();
  throw new InvalidUse(
    `WsModule.forRootAsync: ${maker.constructor.name} has no method create that returns the options`,
  );
}
