// What goes over HTTP: logging in and out, and why a WebSocket was refused.

/**
 * @typedef {{ name: string }} User
 * @typedef {{ kind: 'in', user: User }
 *   | { kind: 'out', reason: 'missing' | 'forged' | 'ended' }
 *   | { kind: 'wrong-origin' }
 *   | { kind: 'unreachable' }} Session
 */

/** @returns {Promise<Session>} */
export async function readSession() {
  // A POST, because browsers tell the server the page's origin with that and not with a GET.
  const response = await post('session');
  if (response === undefined || response.status >= 500) return { kind: 'unreachable' };
  if (response.status === 403) return { kind: 'wrong-origin' };
  const { user, reason } = await response.json();
  return user ? { kind: 'in', user } : { kind: 'out', reason };
}

/** @param {string} name @returns {Promise<{ session: Session } | { problem: string }>} */
export async function logIn(name) {
  const response = await post('login', { name });
  if (response === undefined) return { problem: 'The server cannot be reached.' };
  if (response.status === 403) return { session: { kind: 'wrong-origin' } };
  const body = await response.json();
  if (response.ok) return { session: { kind: 'in', user: body } };
  return { problem: [body.message].flat()[0] ?? 'That did not work.' };
}

/** @returns {Promise<boolean>} whether the server knows now */
export async function logOut() {
  const response = await post('logout');
  return response?.ok === true;
}

/** @param {string} path @param {unknown} [body] @returns {Promise<Response | undefined>} */
async function post(path, body) {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
  } catch {
    return undefined;
  }
}
