import { describe, expect, it } from 'vitest';
import { readModules } from '../../house/modules.js';

describe('@nestjs/websockets', () => {
  it('is not even a type of lib: declarations must compile where it is not installed', () => {
    const importers = readModules('lib').filter(({ imports }) =>
      imports.some(({ specifier }) => /^@nestjs\/(websockets|platform-ws)/.test(specifier)),
    );
    expect(importers.map(({ path }) => path)).toEqual([]);
  });
});
