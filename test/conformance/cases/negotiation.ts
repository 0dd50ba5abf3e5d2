import type { Proof, SubjectOptions } from './case.js';

/** One exchange of Sec-WebSocket-Extensions. What is accepted is then used, and has to be kept. */
export interface NegotiationCase extends Proof {
  /** The peer's field values: its offers to our server, or its answer to our client. One field each. */
  readonly fields: readonly string[];
  /**
   * accepted: permessage-deflate is in use. declined: the connection is open without it. refused: there is no
   * connection. optional: either of the first two, or refused by a client; whatever is accepted has to be kept.
   */
  readonly outcome: 'accepted' | 'declined' | 'refused' | 'optional';
  /** Words that have to be in our server's answer. */
  readonly answered?: readonly string[];
  readonly deflate?: SubjectOptions['perMessageDeflate'];
}

const NAME = 'permessage-deflate';
const BITS = [8, 9, 10, 11, 12, 13, 14, 15];
const BAD_BITS = [
  '7',
  '16',
  '0',
  '00',
  '08',
  '09',
  '015',
  '+9',
  '-9',
  '9.0',
  '1e1',
  'abc',
  '0x9',
  '99999999999999999999',
];
const MALFORMED = [
  `${NAME};`,
  `;${NAME}`,
  `${NAME}; =1`,
  `${NAME}; server_max_window_bits=`,
  'permessage deflate',
  `${NAME}; a="open`,
  `${NAME}; server_max_window_bits=1 0`,
  `${NAME}; a=b=c`,
  'per@message',
  `${NAME}; a="b c"`,
  `${NAME}; a=""`,
  `${NAME}; a="b"c`,
];

type Row = readonly [title: string, parameters: string, rules: readonly string[]];

/** Parameters that are wrong in an offer and in an answer alike. */
const WRONG: readonly Row[] = [
  ['an unknown parameter', '; surprise', ['unknown']],
  ['an unknown parameter with a value', '; surprise=1', ['unknown']],
  ['a parameter that any object has', '; __proto__', ['unknown']],
  [
    'server_no_context_takeover twice',
    '; server_no_context_takeover; server_no_context_takeover',
    ['twice'],
  ],
  [
    'client_no_context_takeover twice',
    '; client_no_context_takeover; client_no_context_takeover',
    ['twice'],
  ],
  [
    'server_max_window_bits twice',
    '; server_max_window_bits=10; server_max_window_bits=10',
    ['twice'],
  ],
  [
    'client_max_window_bits twice',
    '; client_max_window_bits=10; client_max_window_bits=10',
    ['twice'],
  ],
  [
    'server_no_context_takeover with a value',
    '; server_no_context_takeover=1',
    ['value', '7.1.1.1/no-value'],
  ],
  [
    'client_no_context_takeover with a value',
    '; client_no_context_takeover=true',
    ['value', '7.1.1.2/no-value'],
  ],
  [
    'server_max_window_bits without a value',
    '; server_max_window_bits',
    ['value', '7.1.2.1/value'],
  ],
  ...BAD_BITS.map((bits): Row => [
    `server_max_window_bits=${bits}`,
    `; server_max_window_bits=${bits}`,
    ['value', '7.1.2.1/value'],
  ]),
  [
    'server_max_window_bits="08", quoted',
    '; server_max_window_bits="08"',
    ['value', '7.1.2.1/value'],
  ],
];

function wrongRules(words: readonly string[], side: 'offer' | 'answer'): readonly string[] {
  return words.map((word) => (word.startsWith('7.') ? `7692/${word}` : `7692/7/${side}-${word}`));
}

function offerCase(
  id: string,
  title: string,
  fields: readonly string[],
  rest: Omit<NegotiationCase, 'id' | 'title' | 'section' | 'fields' | 'subject'>,
): NegotiationCase {
  const section = rest.outcome === 'refused' ? 'RFC 6455 9.1' : 'RFC 7692 7.1';
  return { id: `13.s${id}`, title, section, subject: 'server', fields, ...rest };
}

const ACCEPT = ['7692/5/accept', '6455/9/parameters', '6455/9.1/registered', '6455/5.8/negotiated'];
const SERVER_BITS = [
  '7692/7.1.2.1/accept',
  '7692/7.1.2.1/value',
  '7692/7.2.1/server-window',
  ...ACCEPT,
];
const CLIENT_BITS = ['7692/7.1.2.2/offer-value', '7692/7.1.2.2/answer-value', ...ACCEPT];
const DECLINE = ['7692/5/decline'];
const PREFERENCE = ['7692/5/preference', ...ACCEPT];

/** What a client may offer, and what our server has to make of it. */
export const OFFER_CASES: readonly NegotiationCase[] = [
  offerCase('1', 'the bare name', [NAME], {
    outcome: 'accepted',
    rules: [...ACCEPT, '7692/7.1.2.2/only-if-offered'],
  }),
  offerCase('2', 'client_no_context_takeover', [`${NAME}; client_no_context_takeover`], {
    outcome: 'accepted',
    rules: [...ACCEPT, '7692/7.1.1.2/no-value'],
  }),
  offerCase('3', 'server_no_context_takeover', [`${NAME}; server_no_context_takeover`], {
    outcome: 'accepted',
    answered: ['server_no_context_takeover'],
    rules: ['7692/7.1.1.1/accept', '7692/7.1.1.1/no-value', '7692/7.2.1/server-fresh', ...ACCEPT],
  }),
  offerCase('4', 'both', [`${NAME}; client_no_context_takeover; server_no_context_takeover`], {
    outcome: 'accepted',
    rules: ['7692/7.1.1.1/accept', ...ACCEPT],
  }),
  offerCase('5', 'client_max_window_bits without a value', [`${NAME}; client_max_window_bits`], {
    outcome: 'accepted',
    rules: CLIENT_BITS,
  }),
  ...BITS.map((bits) =>
    offerCase(
      `6.${bits}`,
      `client_max_window_bits=${bits}`,
      [`${NAME}; client_max_window_bits=${bits}`],
      { outcome: 'accepted', rules: CLIENT_BITS },
    ),
  ),
  ...BITS.map((bits) =>
    offerCase(
      `7.${bits}`,
      `server_max_window_bits=${bits}`,
      [`${NAME}; server_max_window_bits=${bits}`],
      {
        // zlib cannot deflate with a window of 256 octets: declining is right too, ignoring it is not.
        outcome: bits === 8 ? 'optional' : 'accepted',
        rules: bits === 8 ? ['7692/7/offer-unsupported', ...SERVER_BITS] : SERVER_BITS,
      },
    ),
  ),
  offerCase(
    '8',
    'all four',
    [
      `${NAME}; client_no_context_takeover; server_no_context_takeover; client_max_window_bits=12; server_max_window_bits=10`,
    ],
    { outcome: 'accepted', rules: [...SERVER_BITS, ...CLIENT_BITS] },
  ),
  offerCase('9', 'a quoted value', [`${NAME}; server_max_window_bits="10"`], {
    outcome: 'accepted',
    rules: ['6455/4.3/token', ...SERVER_BITS],
  }),
  offerCase('10', 'a quoted value with an escape', [`${NAME}; server_max_window_bits="1\\0"`], {
    outcome: 'accepted',
    rules: ['6455/4.3/token', ...SERVER_BITS],
  }),
  offerCase(
    '11',
    'spaces and tabs around everything',
    [`${NAME} \t;  server_max_window_bits = 10 ; client_max_window_bits `],
    { outcome: 'accepted', rules: SERVER_BITS },
  ),

  ...WRONG.map(([title, parameters, words], i) =>
    offerCase(`20.${i + 1}`, title, [NAME + parameters], {
      outcome: 'declined',
      rules: [...wrongRules(words, 'offer'), ...DECLINE],
    }),
  ),
  ...BAD_BITS.map((bits) =>
    offerCase(
      `21.${bits}`,
      `client_max_window_bits=${bits}`,
      [`${NAME}; client_max_window_bits=${bits}`],
      {
        outcome: 'declined',
        rules: ['7692/7/offer-value', '7692/7.1.2.2/offer-value', ...DECLINE],
      },
    ),
  ),
  ...[
    'foo',
    'permessage-deflate-2',
    'x-webkit-deflate-frame',
    'permessage-bzip2; x=1',
    '__proto__',
  ].map((name, i) =>
    offerCase(`22.${i + 1}`, `${name} alone`, [name], {
      outcome: 'declined',
      rules: ['6455/9/unrequested', '6455/4.2.2/extensions', ...DECLINE],
    }),
  ),
  offerCase('23', 'the extension is switched off', [NAME], {
    outcome: 'declined',
    deflate: false,
    rules: ['7692/7/offer-unsupported', ...DECLINE],
  }),

  offerCase('30', 'another extension first', [`foo; bar=1, ${NAME}`], {
    outcome: 'accepted',
    rules: ['6455/9/unrequested', '6455/4.2.2/extensions', ...PREFERENCE],
  }),
  offerCase('31', 'a wrong offer, then a right one', [`${NAME}; surprise, ${NAME}`], {
    outcome: 'accepted',
    rules: PREFERENCE,
  }),
  offerCase(
    '32',
    'the fallback has parameters',
    [`${NAME}; server_max_window_bits=7, ${NAME}; server_no_context_takeover`],
    { outcome: 'accepted', answered: ['server_no_context_takeover'], rules: PREFERENCE },
  ),
  offerCase(
    '33',
    'the first of two right offers',
    [`${NAME}; server_no_context_takeover, ${NAME}`],
    { outcome: 'accepted', answered: ['server_no_context_takeover'], rules: PREFERENCE },
  ),
  offerCase(
    '34',
    'offers in two fields',
    [`${NAME}; client_max_window_bits=16`, `${NAME}; server_max_window_bits=11`],
    { outcome: 'accepted', answered: ['server_max_window_bits'], rules: PREFERENCE },
  ),
  offerCase(
    '35',
    'wrong offers only',
    [`${NAME}; a, ${NAME}; server_max_window_bits, ${NAME}; client_max_window_bits=0`],
    { outcome: 'declined', rules: DECLINE },
  ),

  ...MALFORMED.map((field, i) =>
    offerCase(`40.${i + 1}`, `malformed: ${field}`, [field], {
      outcome: 'refused',
      rules: ['6455/9.1/malformed', '6455/4.3/token', '6455/4.2.1/refuse'],
    }),
  ),
  ...MALFORMED.slice(0, 4).map((field, i) =>
    offerCase(`41.${i + 1}`, `malformed, the extension switched off: ${field}`, [field], {
      outcome: 'refused',
      deflate: false,
      rules: ['6455/9.1/malformed'],
    }),
  ),

  offerCase('50', 'our server wants a small window of its own', [NAME], {
    outcome: 'accepted',
    deflate: { threshold: 0, serverMaxWindowBits: 10 },
    answered: ['server_max_window_bits=10'],
    rules: SERVER_BITS,
  }),
  offerCase(
    '51',
    'our server wants a small window of the client',
    [`${NAME}; client_max_window_bits`],
    {
      outcome: 'accepted',
      deflate: { threshold: 0, clientMaxWindowBits: 10 },
      answered: ['client_max_window_bits=10'],
      rules: CLIENT_BITS,
    },
  ),
  offerCase('52', 'the same of a client that cannot', [NAME], {
    outcome: 'optional',
    deflate: { threshold: 0, clientMaxWindowBits: 10 },
    rules: ['7692/7.1.2.2/only-if-offered', '7692/7/offer-unsupported'],
  }),
  offerCase('53', 'our server wants no takeover', [NAME], {
    outcome: 'accepted',
    deflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    answered: ['server_no_context_takeover', 'client_no_context_takeover'],
    rules: ['7692/7.2.1/server-fresh', ...ACCEPT],
  }),
];

function answerCase(
  id: string,
  title: string,
  fields: readonly string[],
  rest: Omit<NegotiationCase, 'id' | 'title' | 'section' | 'fields' | 'subject'>,
): NegotiationCase {
  const section = title.startsWith('malformed') ? 'RFC 6455 9.1' : 'RFC 7692 7.1';
  return { id: `13.c${id}`, title, section, subject: 'client', fields, ...rest };
}

const KEEP = ['6455/9/parameters', '6455/5.8/negotiated', '6455/9.1/registered', '7692/5/offer'];
const INVALID = ['7692/5/answer-invalid', '6455/4.1/validate', '6455/7.2.1/handshake'];

/** What a server may answer to our client's offer. */
export const ANSWER_CASES: readonly NegotiationCase[] = [
  answerCase('1', 'the bare name', [NAME], { outcome: 'accepted', rules: KEEP }),
  answerCase('2', 'no answer', [], { outcome: 'declined', rules: ['6455/9.1/not-before'] }),
  answerCase('3', 'client_no_context_takeover, unasked', [`${NAME}; client_no_context_takeover`], {
    outcome: 'accepted',
    rules: ['7692/7.1.1.2/unasked', '7692/7.1.1.2/no-value', '7692/7.2.1/client-fresh', ...KEEP],
  }),
  answerCase('4', 'server_no_context_takeover, unasked', [`${NAME}; server_no_context_takeover`], {
    outcome: 'accepted',
    rules: ['7692/7.1.1.1/no-value', ...KEEP],
  }),
  ...BITS.map((bits) =>
    answerCase(
      `5.${bits}`,
      `server_max_window_bits=${bits}`,
      [`${NAME}; server_max_window_bits=${bits}`],
      { outcome: 'accepted', rules: ['7692/7.1.2.1/value', ...KEEP] },
    ),
  ),
  ...BITS.map((bits) =>
    answerCase(
      `6.${bits}`,
      `client_max_window_bits=${bits}`,
      [`${NAME}; client_max_window_bits=${bits}`],
      {
        outcome: bits === 8 ? 'optional' : 'accepted',
        rules: [
          '7692/7.1.2.2/answer-value',
          '7692/7.2.1/client-window',
          ...(bits === 8 ? ['7692/7/answer-unsupported'] : KEEP),
        ],
      },
    ),
  ),
  answerCase(
    '7',
    'all four',
    [
      `${NAME}; client_no_context_takeover; server_no_context_takeover; client_max_window_bits=12; server_max_window_bits=10`,
    ],
    {
      outcome: 'accepted',
      rules: ['7692/7.2.1/client-window', '7692/7.2.1/client-fresh', ...KEEP],
    },
  ),
  answerCase('8', 'a quoted value', [`${NAME}; client_max_window_bits="10"`], {
    outcome: 'accepted',
    rules: ['6455/4.3/token', ...KEEP],
  }),

  ...WRONG.map(([title, parameters, words], i) =>
    answerCase(`20.${i + 1}`, title, [NAME + parameters], {
      outcome: 'refused',
      rules: [...wrongRules(words, 'answer'), ...INVALID],
    }),
  ),
  ...['', ...BAD_BITS.map((bits) => `=${bits}`)].map((value, i) =>
    answerCase(
      `21.${i + 1}`,
      `client_max_window_bits${value}`,
      [`${NAME}; client_max_window_bits${value}`],
      {
        outcome: 'refused',
        rules: ['7692/7/answer-value', '7692/7.1.2.2/answer-value', ...INVALID],
      },
    ),
  ),
  answerCase('22', 'an extension nobody offered', ['foo'], {
    outcome: 'refused',
    rules: ['6455/4.1/answer-extension', ...INVALID],
  }),
  answerCase('23', 'one offered, one not', [`${NAME}, foo`], {
    outcome: 'refused',
    rules: ['6455/4.1/answer-extension', ...INVALID],
  }),
  answerCase('24', 'the same extension twice: both want RSV1', [`${NAME}, ${NAME}`], {
    outcome: 'refused',
    rules: ['7692/5.1/rsv1-conflict-client', ...INVALID],
  }),
  answerCase('25', 'the same extension twice, in two fields', [NAME, NAME], {
    outcome: 'refused',
    rules: ['7692/5.1/rsv1-conflict-client', ...INVALID],
  }),
  answerCase('26', 'an answer where nothing was offered', [NAME], {
    outcome: 'refused',
    deflate: false,
    rules: ['6455/4.1/answer-extension', ...INVALID],
  }),
  ...MALFORMED.map((field, i) =>
    answerCase(`40.${i + 1}`, `malformed: ${field}`, [field], {
      outcome: 'refused',
      rules: ['6455/9.1/malformed', '6455/4.3/token', ...INVALID],
    }),
  ),

  answerCase('50', 'server_max_window_bits ignored', [NAME], {
    outcome: 'refused',
    deflate: { serverMaxWindowBits: 10 },
    rules: ['7692/7/answer-unsupported', ...INVALID],
  }),
  answerCase(
    '51',
    'server_max_window_bits above the offer',
    [`${NAME}; server_max_window_bits=11`],
    {
      outcome: 'refused',
      deflate: { serverMaxWindowBits: 10 },
      rules: ['7692/7/answer-unsupported', ...INVALID],
    },
  ),
  answerCase(
    '52',
    'server_max_window_bits below the offer',
    [`${NAME}; server_max_window_bits=9`],
    { outcome: 'accepted', deflate: { serverMaxWindowBits: 10, threshold: 0 }, rules: KEEP },
  ),
  answerCase('53', 'server_no_context_takeover ignored', [NAME], {
    outcome: 'refused',
    deflate: { serverNoContextTakeover: true },
    rules: ['7692/7/answer-unsupported', ...INVALID],
  }),
  answerCase('54', 'our client keeps its own promise of a window', [NAME], {
    outcome: 'accepted',
    deflate: { clientMaxWindowBits: 10, threshold: 0 },
    rules: ['7692/7.2.1/client-window', ...KEEP],
  }),
  answerCase(
    '55',
    'client_max_window_bits below the offer',
    [`${NAME}; client_max_window_bits=9`],
    {
      outcome: 'accepted',
      deflate: { clientMaxWindowBits: 10, threshold: 0 },
      rules: ['7692/7.2.1/client-window', ...KEEP],
    },
  ),
];
