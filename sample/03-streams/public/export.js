const show = (id, value) => (document.getElementById(id).textContent = value);
const socket = new WebSocket(new URL('reports', location.href).href.replace('http', 'ws'));
const send = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));
const WINDOW = 2_000;
const button = document.getElementById('toggle');
let [state, received, cents, owed] = ['new', 0, 0, 0];
let madeBefore; // for others, or before this page was loaded

const ask = () => send({ type: 'report.made', id: 'made' });
socket.onopen = () => {
  button.disabled = false;
  ask();
};
socket.onclose = () => end('Connection lost. Reload the page to start again.');
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.id === 'made') return report(message.data);
  if (message.op !== 'next') return end(message.op === 'complete' ? 'Done' : 'Failed');
  [received, owed, cents] = [received + 1, owed + 1, cents + message.data.cents];
  return grant();
};

// Credit for half a window at a time, and none while paused: then the server stops making lines.
function grant() {
  if (state !== 'running' || owed < WINDOW / 2) return;
  send({ op: 'credit', id: 'lines', n: owed });
  owed = 0;
}

button.onclick = () => {
  if (state === 'new') send({ type: 'report.lines', id: 'lines', data: {}, credit: WINDOW });
  state = state === 'running' ? 'paused' : 'running';
  button.textContent = state === 'running' ? 'Pause' : 'Go on';
  grant();
};

function end(text) {
  button.disabled = true;
  show('state', text);
}

function report(made) {
  madeBefore ??= made;
  document.getElementById('bar').value = received;
  show('received', received.toLocaleString());
  show('made', (made - madeBefore).toLocaleString());
  show('sum', (cents / 100).toLocaleString(undefined, { minimumFractionDigits: 2 }));
  setTimeout(ask, 200);
}
