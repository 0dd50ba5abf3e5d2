import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Module, parseModule, readModules, ROOT } from './modules.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A file that is loaded must find what it imports: an optional peer may only be a type or an `import()`. */
function findUndeclared(module: Module): string[] {
  return module.imports
    .filter(({ specifier, target }) => target === undefined && !isBuiltin(specifier))
    .filter(({ specifier, typeOnly, dynamic }) => {
      const name = packageOf(specifier);
      if (name in manifest.dependencies) return false;
      if (!(name in manifest.peerDependencies)) return true;
      return manifest.peerDependenciesMeta[name]?.optional === true && !typeOnly && !dynamic;
    })
    .map(({ specifier }) => `${module.path} imports ${specifier}`);
}

describe('dependencies', () => {
  it('of lib are declared, and optional ones are loaded on demand', () => {
    expect(readModules('lib').flatMap(findUndeclared)).toEqual([]);
  });

  it('never include another WebSocket engine', () => {
    const names = Object.keys(manifest.dependencies);
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(ws|uWebSockets\.js)$/)]),
    );
  });

  it.each([
    "import WebSocket from 'ws'",
    "import { pack } from 'msgpackr'",
    "import '@nestjs/websockets'",
  ])('would be caught: %s', (text) => {
    expect(findUndeclared(parseModule('lib/nest/a.ts', text))).toHaveLength(1);
  });

  it.each([
    "import { match } from 'path-to-regexp'",
    "import { Injectable } from '@nestjs/common'",
    "import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js'",
    "const msgpackr = await import('msgpackr')",
    "import type { WebSocketAdapter } from '@nestjs/websockets'",
  ])('may be: %s', (text) => {
    expect(findUndeclared(parseModule('lib/nest/a.ts', text))).toEqual([]);
  });
});
