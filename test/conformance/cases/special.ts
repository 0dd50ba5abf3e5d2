import type { Proof } from './case.js';

/** Cases with a script of their own, in special.test.ts; here is what they prove. */
export const SPECIAL_CASES = {
  unreachable: {
    id: 's.1',
    title: 'nobody listens',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/cannot-open'],
  },
  hangsUp: {
    id: 's.2',
    title: 'the server hangs up instead of answering',
    section: 'RFC 6455 7.2.1',
    subject: 'client',
    rules: ['6455/7.2.1/lost', '6455/7.2.1/handshake'],
  },
  waits: {
    id: 's.3',
    title: 'nothing is sent before the answer has come',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/wait', '6455/6.1/open', '6455/4.1/handshake'],
  },
  freshHandshakeKeys: {
    id: 's.4',
    title: '40 connections have 40 keys',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/request-key-fresh'],
  },
  freshMasks: {
    id: 's.5',
    title: '4000 frames, one and the same message: masking keys look random',
    section: 'RFC 6455 5.3',
    subject: 'client',
    rules: [
      '6455/5.3/fresh-key',
      '6455/5.3/unpredictable',
      '6455/5.3/mask-bit',
      '6455/5.1/client-masks',
      '6455/6.1/mask',
    ],
  },
  masksOfControlFrames: {
    id: 's.6',
    title: 'pongs and the Close frame are masked with keys of their own',
    section: 'RFC 6455 5.3',
    subject: 'client',
    rules: ['6455/5.3/fresh-key', '6455/5.5.1/masked'],
  },
  tlsFirst: {
    id: 's.7',
    title: 'wss begins with a ClientHello that names the host',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/tls-first', '6455/4.1/sni'],
  },
  tlsRefused: {
    id: 's.8',
    title: 'a certificate that nobody vouches for',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/tls-failed'],
  },
  tlsClient: {
    id: 's.9',
    title: 'our client over wss',
    section: 'RFC 6455 4.1',
    subject: 'client',
    rules: ['6455/4.1/tls-tunnel'],
  },
  tlsServer: {
    id: 's.10',
    title: 'our server over wss',
    section: 'RFC 6455 4.2.2',
    subject: 'server',
    rules: ['6455/4.2.2/tls'],
  },
} as const satisfies Readonly<Record<string, Proof>>;
