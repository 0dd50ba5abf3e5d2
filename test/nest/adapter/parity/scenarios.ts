import type { Talker } from './talker.js';

/** What a client does, in every byte it says. */
export type Scenario = (talker: Talker) => Promise<void>;

/** Asks one thing of the gateway of results, then for its fence: what is not answered shows. */
function result(message: unknown, answers: number): Scenario {
  return async (talker) => {
    const peer = await talker.open('/results');
    peer.say(message);
    await talker.ask(peer, { event: 'fence' }, talker.answers ?? answers + 1);
    await talker.end(peer, 1000);
  };
}

/** What Nest 11 has not got: scoped gateways, exceptions on the wire; a filter that rethrows ends its process. */
export const SINCE_NEST_12: readonly string[] = [
  'failures in one packet',
  'a request-scoped gateway',
  'a filter that rethrows',
];

/** The scenarios run over both adapters, by name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "Nest's sample: an Observable of three numbers": async (talker) => {
    const peer = await talker.open('/');
    await talker.ask(peer, { event: 'events', data: 'test' }, 3);
    await talker.end(peer, 1000);
  },
  "Nest's sample: identity": async (talker) => {
    const peer = await talker.open('/');
    await talker.ask(peer, { event: 'identity', data: 0 });
    await talker.ask(peer, { event: 'identity', data: { nested: ['é', '\u2028', 1.5] } });
    await talker.end(peer, 1000);
  },
  "Nest's sample: a chat": async (talker) => {
    const [ada, bob] = [await talker.open('/'), await talker.open('/')];
    ada.say({ event: 'chat', data: { text: 'hello' } });
    await talker.hear(bob, 1);
    await talker.ask(ada, { event: 'echo', data: { text: 'still here' } });
    await talker.end(ada, 1000);
    await talker.end(bob, 3001);
  },
  'a handler without decorators': async (talker) => {
    const peer = await talker.open('/');
    await talker.ask(peer, { event: 'without decorators', data: [1] });
  },
  'many messages at once': async (talker) => {
    const peer = await talker.open('/');
    for (let n = 1; n <= 200; n++) peer.say({ event: 'identity', data: n });
    await talker.hear(peer, 200);
  },

  'a string': result({ event: 'value', data: 'text' }, 1),
  'a number, zero': result({ event: 'value', data: 0 }, 1),
  'an object': result({ event: 'value', data: { a: { b: [null] } } }, 1),
  'no data at all': result({ event: 'value' }, 0),
  null: result({ event: 'value', data: null }, 0),
  'no result': result({ event: 'nothing' }, 0),
  'a promised Observable': result({ event: 'nested' }, 2),
  'an empty Observable': result({ event: 'empty' }, 0),
  'values that are nothing in an Observable': result({ event: 'gaps' }, 5),

  'WsException with a text': result({ event: 'refuse', data: 'no' }, 1),
  'WsException with an object': result({ event: 'refuse with an object', data: 1 }, 1),
  'an unknown exception': result({ event: 'fail', data: { a: 1 } }, 1),
  'an Observable that fails': result({ event: 'fail late' }, 2),
  'a guard that refuses': result({ event: 'guarded' }, 1),
  'an interceptor': result({ event: 'intercepted', data: 1 }, 1),
  'a pipe that transforms': result({ event: 'piped', data: { n: '41' } }, 1),
  'a pipe that refuses': result({ event: 'piped', data: { n: 'x' } }, 1),
  'a filter that answers': result({ event: 'filtered' }, 1),
  'a filter that rethrows': result({ event: 'filter rethrows' }, 0),
  '@Ack()': result({ event: 'acknowledge', data: 1 }, 1),
  'a parameter decorator of HTTP': result({ event: 'http decorator', data: 1 }, 1),

  'messages in one packet': async (talker) => {
    const peer = await talker.open('/results');
    const events = ['nested', 'intercepted', 'value', 'http decorator', 'gaps', 'acknowledge'];
    peer.sayAtOnce(events.map((event) => ({ event, data: 1 })));
    await talker.hear(peer, 11);
  },
  'failures in one packet': async (talker) => {
    const peer = await talker.open('/results');
    const failures = ['fail', 'fail late', 'refuse', 'piped', 'guarded', 'fail'];
    const events = failures.flatMap((event) => [event, 'value']);
    peer.sayAtOnce(events.map((event) => ({ event, data: { n: 'x' } })));
    await talker.hear(peer, 13);
  },

  'an unknown event': result({ event: 'nobody', data: 1 }, 0),
  'the name of an inherited property': result('{"event":"__proto__","data":1}', 0),
  'no event': result({ data: 1 }, 0),
  'bad JSON': result('{"event":', 0),
  'an empty message': result('', 0),
  'JSON that is no object': result('5', 0),
  'JSON that is null': result('null', 0),
  'a binary message': result(Buffer.from('{"event":"value","data":"binary"}'), 1),

  hooks: async (talker) => {
    await talker.read(1);
    const peer = await talker.open('/hooks?a=b', { headers: { 'x-test': 'yes' } });
    await talker.read(1);
    await talker.hear(peer, 1);
    await talker.ask(peer, { event: 'who' });
    await talker.ask(peer, 'native');
    await talker.end(peer, 4321);
    await talker.read(1);
  },
  'a client that is gone': async (talker) => {
    await talker.read(1);
    const peer = await talker.open('/hooks');
    await talker.hear(peer, 1);
    peer.socket.terminate();
    await talker.read(2);
  },
  'a gateway that closes': async (talker) => {
    const peer = await talker.open('/hooks');
    await talker.hear(peer, 1);
    peer.say({ event: 'leave' });
    await talker.end(peer);
  },
  'two gateways on one path': async (talker) => {
    const peer = await talker.open('/shared');
    await talker.ask(peer, { event: 'both', data: 1 }, 2);
    await talker.ask(peer, { event: 'only second' });
    await talker.ask(peer, { event: 'clients' });
    await talker.end(peer, 1000);
  },
  'a request-scoped gateway': async (talker) => {
    const [one, other] = [await talker.open('/scoped'), await talker.open('/scoped')];
    await talker.ask(one, { event: 'visit' });
    await talker.ask(one, { event: 'visit' });
    await talker.ask(other, { event: 'visit' });
  },
  'a subprotocol': async (talker) => {
    const peer = await talker.open('/', { protocols: ['chat.v2', 'chat.v1'] });
    talker.transcript.push(`speaks ${peer.socket.protocol}`);
  },
  'a port of its own': async (talker) => {
    const peer = await talker.open('/own');
    await talker.ask(peer, { event: 'own', data: 'port' });
    await talker.end(peer, 1000);
  },

  'a page of another origin': async (talker) => {
    const peer = await talker.open('/', { headers: { origin: 'https://evil.example' } });
    await talker.ask(peer, { event: 'identity', data: 1 });
  },
  'a path nobody serves': async (talker) => {
    await talker.open('/nowhere');
  },
  shutdown: async (talker) => {
    const peer = await talker.open('/');
    await Promise.all([talker.shutDown(), talker.end(peer)]);
  },
  'an answer on its way at shutdown': async (talker) => {
    const peer = await talker.open('/slow');
    peer.say({ event: 'slow' });
    await talker.read(1);
    await Promise.all([talker.shutDown(), talker.end(peer)]);
    talker.transcript.push(...peer.rest());
  },
  'an async generator': async (talker) => {
    const peer = await talker.open('/slow');
    await talker.ask(peer, { event: 'generate' });
  },
};
