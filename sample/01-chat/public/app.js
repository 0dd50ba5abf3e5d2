import { logIn, logOut, readSession } from './api.js';
import { Chat } from './chat.js';
import { byId } from './dom.js';
import { startTabs } from './views/tabs.js';

const REASONS = {
  missing: '',
  forged: 'Refused: the session cookie was not made by this server. Log in again.',
  ended: 'Your session has ended. Log in again.',
};

/** @type {Chat | undefined} */ let chat;

/** @param {import('./api.js').Session} session */
function show(session) {
  chat?.stop();
  chat = undefined;
  switch (session.kind) {
    case 'in':
      return showChat(session.user);
    case 'out':
      return showLogin(REASONS[session.reason]);
    case 'wrong-origin':
      return showRefusal();
    default:
      return showLogin('The server cannot be reached. Try again in a moment.');
  }
}

/** @param {import('./api.js').User} user */
function showChat(user) {
  switchTo('chat');
  byId('me').textContent = user.name;
  const running = new Chat(user, (session) => {
    if (chat !== running) return;
    // There was a cookie a moment ago: logged out in another window.
    const isGone = session.kind === 'out' && session.reason === 'missing';
    show(isGone ? { kind: 'out', reason: 'ended' } : session);
  });
  chat = running;
  running.start();
}

/** @param {string} problem */
function showLogin(problem) {
  switchTo('login');
  byId('login-problem').textContent = problem;
  byId('name').select();
}

function showRefusal() {
  switchTo('refused');
  byId('refused-origin').textContent = location.origin;
  byId('refused-title').focus();
}

/** @param {'chat' | 'login' | 'refused'} screen */
function switchTo(screen) {
  document.body.dataset.screen = screen;
  for (const name of ['chat', 'login', 'refused']) byId(name).hidden = name !== screen;
  byId('account').hidden = screen !== 'chat';
}

byId('login-form').onsubmit = async (/** @type {Event} */ event) => {
  event.preventDefault();
  const outcome = await logIn(byId('name').value);
  if ('session' in outcome) show(outcome.session);
  else showLogin(outcome.problem);
};

byId('log-out').onclick = async () => {
  const running = chat;
  // That its session ends is no news to this window.
  chat = undefined;
  const session = (await logOut()) ? await readSession() : undefined;
  chat = running;
  if (session !== undefined) show(session);
  else chat?.tell('You are still logged in: the server cannot be reached.');
};

startTabs();
show(await readSession());
