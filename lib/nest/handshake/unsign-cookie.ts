import { unsign } from 'cookie-signature';

/**
 * The value of a signed cookie (HMAC-SHA256), in the form Express gives it (`s:value.signature`)
 * or Fastify (`value.signature`); `undefined` when no secret has signed it. Signatures are compared
 * in constant time, and all secrets are tried.
 */
export function unsignCookie(signed: string, secrets: readonly string[]): string | undefined {
  const express = signed.startsWith('s:') ? unsignWith(signed.slice(2), secrets) : undefined;
  return express ?? unsignWith(signed, secrets);
}

function unsignWith(signed: string, secrets: readonly string[]): string | undefined {
  let value: string | undefined;
  for (const secret of secrets) {
    const unsigned = unsign(signed, secret);
    if (unsigned !== false) value = unsigned;
  }
  return value;
}
