import { setImmediate } from 'node:timers/promises';
import { WsClient, WsClientError, WsRemoteError } from 'nestjs-wsgate/client';
import { Deviation } from '../message/expected.mjs';
import { shrink } from '../message/shrink.mjs';
import { Random } from '../random.mjs';
import { buildCase } from './build-case.mjs';
import { CallModel, readOutcome } from './client-model.mjs';
import { ScriptedSocket } from './scripted-socket.mjs';

/**
 * Runs cases against the client: a server that says anything at any time, while the application
 * calls, streams and stops. A case is a function of its seed.
 */
export class ClientFuzzer {
  /** Runs the case of a seed. Answers how its calls ended; throws, with the shortest steps that show what went wrong. */
  async run(seed) {
    const fuzzCase = buildCase(new Random(seed));
    const { failure, told } = await attempt(fuzzCase);
    if (failure === undefined) return { told, steps: fuzzCase.steps.length };
    const fails = async (steps) => (await attempt({ ...fuzzCase, steps })).failure !== undefined;
    const steps = await shrink(fuzzCase.steps, fails);
    const { failure: last = failure } = await attempt({ ...fuzzCase, steps });
    const lines = steps.map((step) => `  ${JSON.stringify(step)}`);
    throw new Error([last.message, 'with:', ...lines].join('\n'), { cause: last });
  }
}

async function attempt(fuzzCase) {
  try {
    return { told: await new ClientRun(fuzzCase).run() };
  } catch (failure) {
    return { failure };
  }
}

class ClientRun {
  #case;
  #sockets = [];
  #client;
  #calls = [];
  #untied = [];
  #expectedUntied = [];

  constructor(fuzzCase) {
    this.#case = fuzzCase;
  }

  async run() {
    this.#client = new WsClient('ws://server.test', {
      timeoutMs: 0,
      heartbeatIntervalMs: 0,
      backoff: { minMs: 0, maxMs: 0 },
      shouldReconnect: () => false,
      onError: (error) => this.#untied.push(error.code),
      webSocket: () => {
        this.#sockets.push(new ScriptedSocket());
        return this.#sockets.at(-1);
      },
    });
    await this.#client.connect();
    for (const step of this.#case.steps) {
      this.#take(step);
      await setImmediate();
      this.#compare();
    }
    await this.#client.close();
    for (const { model } of this.#calls) model.lose('CLOSED');
    await setImmediate();
    this.#compare();
    this.#expectNothingLeft();
    return this.#calls.flatMap(({ ended }) =>
      ended.map((how) => how.replace(/^(reply) .*/s, '$1')),
    );
  }

  #take(step) {
    if (step.request) this.#request();
    else if (step.stream !== undefined) this.#stream(step.stream);
    else if (step.stop !== undefined) this.#stop(step.stop);
    else this.#say(step.text ?? JSON.stringify(step.say));
  }

  #request() {
    const controller = new AbortController();
    const call = this.#add(false, () => controller.abort());
    this.#client.request('ask', null, { signal: controller.signal }).then(
      (data) => this.#end(call, `reply ${JSON.stringify(data)}`),
      (error) => this.#end(call, describe(error)),
    );
  }

  #stream(credit) {
    const call = this.#add(true, () => {
      subscription.unsubscribe();
      if (call.ended.length === 0) call.ended.push('stopped');
    });
    call.credit = credit;
    const onDropped = (count) => (call.dropped += count);
    const subscription = this.#client.stream('watch', null, { credit, onDropped }).subscribe({
      next: (item) => call.items.push(JSON.stringify(item)),
      error: (error) => this.#end(call, describe(error)),
      complete: () => this.#end(call, 'complete'),
    });
  }

  #add(isStream, stop) {
    const call = { id: this.#calls.length + 1, stop, items: [], ended: [], dropped: 0 };
    call.model = new CallModel(isStream);
    this.#calls.push(call);
    // A connection that was given up takes nothing any more.
    if (this.#client.status.state !== 'open' && !this.#case.isMoving) call.model.lose('CLOSED');
    return call;
  }

  #end(call, how) {
    call.ended.push(how);
  }

  #stop(id) {
    const call = this.#calls[id - 1];
    call?.stop();
    call?.model.stop();
  }

  #say(text) {
    const socket = this.#sockets.at(-1);
    if (!socket.isOver) this.#tellModel(text);
    socket.say(text);
  }

  #tellModel(text) {
    const value = parse(text);
    if (value === UNREADABLE) {
      for (const { model } of this.#calls) model.lose('CONNECTION_LOST');
      return;
    }
    const outcome = readOutcome(value);
    if (outcome === undefined) return;
    if (outcome.id === undefined) this.#expectedUntied.push(outcome.error.code);
    else this.#calls.find(({ id }) => id === outcome.id)?.model.take(outcome);
  }

  #compare() {
    for (const { id, ended, items, dropped, model } of this.#calls) {
      if (ended.length > 1) throw new Deviation(`call ${id} ended twice: ${ended.join(', ')}`);
      if (this.#case.isMoving) continue;
      const [end = 'open'] = ended;
      if (end !== model.end) throw new Deviation(`call ${id}: ${end}, not ${model.end}`);
      expectEqual(String(items), String(model.items), `items of call ${id}`);
      expectEqual(dropped, model.dropped, `dropped items of call ${id}`);
    }
    if (this.#case.isMoving) return;
    const open = this.#calls.filter(({ model }) => model.end === 'open').length;
    expectEqual(this.#client.callsInFlight, open, 'calls in flight');
    expectEqual(String(this.#untied), String(this.#expectedUntied), 'errors tied to no call');
    this.#compareSent();
  }

  /** One cancel for each call that was given up while the server might go on with it. */
  #compareSent() {
    const sent = this.#sockets.flatMap((socket) => socket.sent);
    for (const { id, model, credit = 0, items } of this.#calls) {
      const own = sent.filter((message) => message.id === id);
      const cancels = own.filter(({ op }) => op === 'cancel').length;
      expectEqual(cancels, model.isCancelled ? 1 : 0, `cancels of call ${id}`);
      const granted = own.reduce((sum, { op, n }) => sum + (op === 'credit' ? n : 0), 0);
      if (granted > items.length)
        throw new Deviation(`call ${id}: ${granted} credits for ${items}`);
      if (items.length - granted > credit / 2 && model.end === 'open' && credit > 0) {
        throw new Deviation(`call ${id}: ${granted} credits are too few for ${items.length} items`);
      }
    }
  }

  #expectNothingLeft() {
    expectEqual(this.#client.callsInFlight, 0, 'calls in flight after the close');
    const unsettled = this.#calls.filter(({ ended }) => ended.length !== 1);
    expectEqual(unsettled.map(({ id }) => id).join(), '', 'calls without an end');
    const open = this.#sockets.filter(({ isOver }) => !isOver).length;
    expectEqual(open, 0, 'sockets left open');
  }
}

const UNREADABLE = Symbol('unreadable');

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

function describe(error) {
  if (error instanceof WsRemoteError) return `remote ${error.code}`;
  if (error instanceof WsClientError) return `client ${error.code}`;
  return error?.name === 'AbortError' ? 'aborted' : String(error?.stack);
}

function expectEqual(actual, expected, what) {
  if (actual !== expected) throw new Deviation(`${what}: ${actual}, not ${expected}`);
}
