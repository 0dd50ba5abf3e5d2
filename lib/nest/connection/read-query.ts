/** How many names and values are read: as many as Node's `querystring` and Express read. */
const MOST_READ = 1_000;

/** The names and values of a URL's query, decoded; has no prototype. */
export function readQuery(query: string): Readonly<Record<string, string | string[]>> {
  const values = Object.create(null) as Record<string, string | string[]>;
  let read = 0;
  // In one pass, since a client that has not been let in yet may send thousands of names.
  for (const [name, value] of new URLSearchParams(query)) {
    if (++read > MOST_READ) break;
    const before = values[name];
    if (before === undefined) values[name] = value;
    else if (typeof before === 'string') values[name] = [before, value];
    else before.push(value);
  }
  return values;
}
