import { isIPv4, isIPv6 } from 'node:net';

/** Groups of 16 bits in an IPv6 address, and in the part that names a network. */
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * The network an address belongs to, as far as the address tells. An IPv4 address is a network of
 * its own. An IPv6 address belongs to its /64 network, which is the least a provider gives a
 * customer (RFC 6177): that customer may use a new address for each connection. An address means
 * the same however it is written: with a port or zone, as proxies and Node write it, or as IPv4
 * within IPv6. Any other text stands for itself.
 */
export function networkOf(text: string): string {
  const address = withoutPort(text);
  if (isIPv4(address) || !isIPv6(address)) return address;
  const groups = readGroups(address);
  const [isMapped, ipv4] = readMapped(groups);
  if (isMapped) return ipv4;
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** `[2001:db8::1]:443`, `192.0.2.1:443` and `fe80::1%eth0` reduced to the address. */
function withoutPort(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d*)?$/.exec(text) ?? [];
  const [, ipv4] = /^([\d.]+):\d*$/.exec(text) ?? [];
  const [address = ''] = (bracketed ?? ipv4 ?? text).split('%');
  return address;
}

/** The eight numbers of a legal IPv6 address (RFC 4291 2.2). */
function readGroups(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const before = readRun(head);
  const after = readRun(tail ?? '');
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function readRun(run: string): readonly number[] {
  if (run === '') return [];
  return run.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** `::ffff:192.0.2.1` (RFC 4291 2.5.5.2): how a server that listens for both sees IPv4. */
function readMapped(groups: readonly number[]): readonly [isMapped: boolean, ipv4: string] {
  const [a, b, c, d, e, f, high = 0, low = 0] = groups;
  const isMapped = !a && !b && !c && !d && !e && f === 0xffff;
  return [isMapped, [high >> 8, high & 255, low >> 8, low & 255].join('.')];
}
