import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What a TLS server needs, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const CONTEXT_3 = 0xa3;
const CONTEXT_0 = 0xa0;
const IP_ADDRESS = 0x87;
const DNS_NAME = 0x82;

const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');

/** A self-signed certificate for 127.0.0.1, ::1 and localhost, valid from yesterday to tomorrow. */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = der(
    SEQUENCE,
    der(CONTEXT_0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    der(SEQUENCE, ECDSA_WITH_SHA256),
    nameOf('test'),
    der(SEQUENCE, der(UTC_TIME, timeIn(-1)), der(UTC_TIME, timeIn(1))),
    nameOf('test'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(CONTEXT_3, der(SEQUENCE, alternativeNames())),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const certificate = der(
    SEQUENCE,
    body,
    der(SEQUENCE, ECDSA_WITH_SHA256),
    der(BIT_STRING, Buffer.from([0]), signature),
  );
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** One value in DER (X.690 8.1): its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const head = Buffer.from([tag, 0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, body]);
}

function nameOf(commonName: string): Buffer {
  const attribute = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)));
  return der(SEQUENCE, der(SET, attribute));
}

function timeIn(days: number): Buffer {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  return Buffer.from(`${time.slice(2, 19).replace(/[-:T]/g, '')}Z`);
}

function alternativeNames(): Buffer {
  const names = der(
    SEQUENCE,
    der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])),
    der(IP_ADDRESS, Buffer.from('0'.repeat(31) + '1', 'hex')),
    der(DNS_NAME, Buffer.from('localhost')),
  );
  return der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTET_STRING, names));
}
