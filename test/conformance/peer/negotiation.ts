import type { DeflateParameters } from './deflate.js';

/** One element of a Sec-WebSocket-Extensions field; a parameter without a value is undefined. */
export interface ExtensionElement {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
}

/** Naive: no quoted strings, since nobody needs them for these parameters. */
export function readElements(field: string): readonly ExtensionElement[] {
  return field.split(',').map((element) => {
    const [name = '', ...parameters] = element.split(';').map((part) => part.trim());
    const pairs = parameters.map((part) => {
      const [key = '', value] = part.split('=').map((word) => word.trim());
      return [key, value] as const;
    });
    return { name, parameters: pairs };
  });
}

/** Everything that is wrong with a server's answer to an offer, by RFC 7692 section 7.1; empty when it is right. */
export function faultsOfAnswer(
  offer: ExtensionElement,
  answer: ExtensionElement,
): readonly string[] {
  const offered = new Map(offer.parameters);
  const answered = new Map(answer.parameters);
  const faults: string[] = [];
  if (answered.size !== answer.parameters.length) faults.push('a parameter twice');
  for (const [name, value] of answered) faults.push(...faultsOfParameter(name, value));
  if (offered.has('server_no_context_takeover') && !answered.has('server_no_context_takeover')) {
    faults.push('server_no_context_takeover was asked for and is not answered');
  }
  if (answered.has('client_max_window_bits') && !offered.has('client_max_window_bits')) {
    faults.push('client_max_window_bits was not offered');
  }
  const limit = offered.get('server_max_window_bits');
  if (limit !== undefined && !(Number(answered.get('server_max_window_bits')) <= Number(limit))) {
    faults.push(`server_max_window_bits must be ${limit} or less`);
  }
  return faults;
}

function faultsOfParameter(name: string, value: string | undefined): readonly string[] {
  if (name.endsWith('_no_context_takeover') && /^(client|server)_no/.test(name)) {
    return value === undefined ? [] : [`${name} has a value`];
  }
  if (!/^(client|server)_max_window_bits$/.test(name)) return [`unknown parameter ${name}`];
  return /^([89]|1[0-5])$/.test(value ?? '') ? [] : [`${name}=${value}`];
}

/** What an agreement means for each direction. The offer's client_max_window_bits is the client's own promise. */
export function parametersOf(offer: ExtensionElement, answer: ExtensionElement): DeflateParameters {
  const offered = new Map(offer.parameters);
  const agreed = new Map(answer.parameters);
  const clientBits = Math.min(
    Number(agreed.get('client_max_window_bits') ?? 15),
    Number(offered.get('client_max_window_bits') ?? 15),
  );
  return {
    client: {
      contextTakeover: !agreed.has('client_no_context_takeover'),
      windowBits: clientBits,
    },
    server: {
      contextTakeover: !agreed.has('server_no_context_takeover'),
      windowBits: Number(agreed.get('server_max_window_bits') ?? 15),
    },
  };
}
