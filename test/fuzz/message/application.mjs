import 'reflect-metadata';
import { Inject, Module, UseGuards, UsePipes } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ValidationFailed,
  WsConn,
  WsException,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { range } from 'rxjs';
import { BUFFER, LIMITS } from './behaviours.mjs';
import { Controls } from './controls.mjs';

/** A handler of each behaviour. What `behaviours.mjs` says of them is what the model knows. */
class FuzzGateway {
  constructor(controls) {
    this.controls = controls;
  }
  echo(data) {
    return data;
  }
  nothing() {}
  refuse() {
    throw new WsException('TEAPOT', 'short and stout');
  }
  break(data) {
    throw new Error(`broke with ${JSON.stringify(data)}`);
  }
  check(data) {
    return data;
  }
  forbid() {}
  later({ key }, signal) {
    return this.controls.wait(key, signal);
  }
  turn({ key }, signal) {
    return this.controls.wait(key, signal);
  }
  buffer({ key }) {
    return this.controls.source(key);
  }
  oldest({ key }) {
    return this.controls.source(key);
  }
  newest({ key }) {
    return this.controls.source(key);
  }
  latest({ key }) {
    return this.controls.source(key);
  }
  strict({ key }) {
    return this.controls.source(key);
  }
  range({ count }) {
    return range(0, count);
  }
  count({ key, count }) {
    return this.controls.generate(key, count, false);
  }
  broken({ key, count }) {
    return this.controls.generate(key, count, true);
  }
  join(_data, connection) {
    connection.join('room');
    return connection.rooms.size;
  }
}

/** Decorators as functions: this file runs without a compiler. */
function decorate(decorator, name, parameter) {
  const { prototype } = FuzzGateway;
  const target = parameter ?? Object.getOwnPropertyDescriptor(prototype, name);
  decorator(prototype, name, target);
}

const HANDLER_OPTIONS = {
  turn: { order: 'serial' },
  buffer: { stream: { overflow: 'buffer', buffer: BUFFER } },
  range: { stream: { overflow: 'buffer', buffer: BUFFER } },
  oldest: { stream: { overflow: 'dropOldest', buffer: BUFFER } },
  newest: { stream: { overflow: 'dropNewest', buffer: BUFFER } },
  latest: { stream: { overflow: 'latest' } },
  strict: { stream: { overflow: 'error' } },
};

const refuseAll = {
  transform() {
    throw new ValidationFailed([{ path: 'text', messages: ['text is wrong'] }]);
  },
};

const names = Object.getOwnPropertyNames(FuzzGateway.prototype);
for (const name of names.filter((each) => each !== 'constructor')) {
  decorate(WsHandler(name, HANDLER_OPTIONS[name]), name);
  decorate(WsPayload(), name, 0);
}
for (const name of ['later', 'turn']) decorate(WsSignal(), name, 1);
decorate(WsConn(), 'join', 1);
decorate(UseGuards({ canActivate: () => false }), 'forbid');
decorate(UsePipes(refuseAll), 'check');
Inject(Controls)(FuzzGateway, undefined, 0);
WsGateway({ path: '/fuzz', ...LIMITS })(FuzzGateway);

/** An application that is closed waits for nothing. */
const PROMPT = { drainTimeout: 0, closeTimeout: 100 };

/** A real application, of which the fuzzer sees what its handlers see. */
export async function createApplication() {
  class AppModule {}
  Module({ imports: [WsModule.forRoot(PROMPT)], providers: [FuzzGateway, Controls] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  await app.init();
  return { app, controls: app.get(Controls), server: app.get(WsServer) };
}
