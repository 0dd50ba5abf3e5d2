import type { ExtensionParameter } from '../../handshake/extension-header.js';

/** The name under which RFC 7692 7 registers the extension. */
export const PERMESSAGE_DEFLATE = 'permessage-deflate';

/** The four parameters of RFC 7692 7.1, as one offer or one answer carries them. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15; absent: not given. */
  readonly serverMaxWindowBits: number | undefined;
  /** 8 to 15; `true`: given without a value, which only an offer may; absent: not given. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** A window of 2^8 to 2^15 bytes, "without leading zeroes" (RFC 7692 7.1.2.1). */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/**
 * Reads the parameters of an offer or an answer. Undefined where RFC 7692 7.1 says to decline them:
 * an unknown name, a name given twice, or a value the parameter cannot have.
 */
export function readDeflateParameters(
  parameters: readonly ExtensionParameter[],
): DeflateParameters | undefined {
  const given = new Map(parameters.map(({ name, value }) => [name, value]));
  const isLegal = given.size === parameters.length && parameters.every(isLegalParameter);
  if (!isLegal) return undefined;
  const clientBits = given.get('client_max_window_bits');
  return {
    serverNoContextTakeover: given.has('server_no_context_takeover'),
    clientNoContextTakeover: given.has('client_no_context_takeover'),
    serverMaxWindowBits: toBits(given.get('server_max_window_bits')),
    clientMaxWindowBits: given.has('client_max_window_bits')
      ? (toBits(clientBits) ?? true)
      : undefined,
  };
}

/** The reverse of {@link readDeflateParameters}. */
export function writeDeflateParameters(parameters: DeflateParameters): ExtensionParameter[] {
  const written: ExtensionParameter[] = [];
  const append = (name: string, value?: number): void => {
    written.push({ name, value: value === undefined ? undefined : String(value) });
  };
  if (parameters.serverNoContextTakeover) append('server_no_context_takeover');
  if (parameters.clientNoContextTakeover) append('client_no_context_takeover');
  if (parameters.serverMaxWindowBits !== undefined) {
    append('server_max_window_bits', parameters.serverMaxWindowBits);
  }
  if (parameters.clientMaxWindowBits === true) append('client_max_window_bits');
  else if (parameters.clientMaxWindowBits !== undefined) {
    append('client_max_window_bits', parameters.clientMaxWindowBits);
  }
  return written;
}

function isLegalParameter({ name, value }: ExtensionParameter): boolean {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === undefined;
    case 'server_max_window_bits':
      return value !== undefined && WINDOW_BITS.test(value);
    case 'client_max_window_bits':
      return value === undefined || WINDOW_BITS.test(value);
    default:
      return false;
  }
}

function toBits(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
