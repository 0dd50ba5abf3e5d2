/** A naive reader of HTTP/1.1 heads and responses: enough to judge a handshake, strict about line ends. */
export interface Head {
  readonly startLine: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface Response extends Head {
  readonly version: string;
  readonly status: number;
  readonly body: Buffer;
}

/** The head up to the empty line, and how many octets it took. */
export function readHead(
  bytes: Buffer,
): { readonly value: Head; readonly used: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [startLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const fields = lines.map((line) => {
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(
      line,
    );
    if (!match) throw new Error(`not a header line: ${JSON.stringify(line)}`);
    return [match[1], match[2]] as const;
  });
  return { value: { startLine, fields }, used: end + 4 };
}

/** Every value of a field, in order, whatever the case of its name. */
export function valuesOf(head: Head, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return head.fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value);
}

/** A whole response: head and body. A 101 has no body. */
export function readResponse(
  bytes: Buffer,
  ended: boolean,
): { readonly value: Response; readonly used: number } | undefined {
  const head = readHead(bytes);
  if (!head) return undefined;
  const match = /^(HTTP\/1\.[01]) (\d{3}) ([\t\x20-\x7e]*)$/.exec(head.value.startLine);
  if (!match) throw new Error(`not a status line: ${JSON.stringify(head.value.startLine)}`);
  const status = Number(match[2]);
  const body = readBody(bytes.subarray(head.used), head.value, status, ended);
  if (!body) return undefined;
  const value = { ...head.value, version: match[1], status, body: body.value };
  return { value, used: head.used + body.used };
}

function readBody(
  bytes: Buffer,
  head: Head,
  status: number,
  ended: boolean,
): { readonly value: Buffer; readonly used: number } | undefined {
  if (status === 101) return { value: Buffer.alloc(0), used: 0 };
  const lengths = valuesOf(head, 'Content-Length');
  const codings = valuesOf(head, 'Transfer-Encoding');
  if (lengths.length + codings.length > 1) throw new Error('more than one message length');
  if (codings.length === 1) return readChunks(bytes);
  // Without a length the body ends with the connection (RFC 9112 section 6.3).
  if (lengths.length === 0) return ended ? { value: bytes, used: bytes.length } : undefined;
  const length = Number(lengths[0]);
  if (!/^\d+$/.test(lengths[0])) throw new Error(`Content-Length: ${lengths[0]}`);
  return bytes.length < length ? undefined : { value: bytes.subarray(0, length), used: length };
}

function readChunks(bytes: Buffer): { readonly value: Buffer; readonly used: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { value: Buffer.concat(parts), used: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
