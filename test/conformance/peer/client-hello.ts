/** The host a TLS ClientHello names (RFC 6066 section 3); undefined if it names none. Throws if it is no ClientHello. */
export function readServerName(record: Buffer): string | undefined {
  // Record: type 22, version, length; handshake: type 1, length, version, random.
  if (record[0] !== 22 || record[1] !== 3 || record[5] !== 1) throw new Error('no ClientHello');
  let at = 5 + 4 + 2 + 32;
  at += 1 + record[at];
  at += 2 + record.readUInt16BE(at);
  at += 1 + record[at];
  const end = at + 2 + record.readUInt16BE(at);
  for (at += 2; at < end; at += 4 + record.readUInt16BE(at + 2)) {
    // server_name is extension 0: list length, type 0, name length, name.
    if (record.readUInt16BE(at) !== 0) continue;
    const length = record.readUInt16BE(at + 7);
    return record.toString('latin1', at + 9, at + 9 + length);
  }
  return undefined;
}
