import type { ConfigurableModuleOptionsFactory } from '@nestjs/common';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { WsModuleOptions } from './ws-module-options.js';
import { showGiven } from '../values/show-given.js';

const WAYS: readonly string[] = ['useFactory', 'useClass', 'useExisting'];

/**
 * Checks the argument of `WsModule.forRootAsync`; the error Nest itself would give names neither
 * this method nor what it lacks.
 *
 * @throws InvalidUse if it does not say how to make the options
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
 * Makes the options with an instance of `useClass` or `useExisting`.
 *
 * @throws InvalidUse if it has no method `create`
 */
export function createOptions(
  maker: ConfigurableModuleOptionsFactory<WsModuleOptions, 'create'>,
): WsModuleOptions | Promise<WsModuleOptions> {
  if (typeof (maker as Partial<typeof maker>).create === 'function') return maker.create();
  throw new InvalidUse(
    `WsModule.forRootAsync: ${maker.constructor.name} has no method create that returns the options`,
  );
}
