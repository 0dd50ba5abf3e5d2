const same = (text) => text;
const event = (data) => `{"event":"call","data":${data}}`;
// Engine.IO: "0" opens, "4" is a message; in it, Socket.IO: "0" connects, "2" is an event.
const socketIoEvent = (data) => `42["call",${data}]`;

/**
 * How a call with some JSON data, and its reply, are spelled on the wire. `greeting` is
 * what passes before the first call: how what the server says begins, and what the client answers.
 */
export const DIALECTS = {
  echo: { call: same, reply: same },
  wsgate: {
    call: (data, id) => `{"type":"call","id":${id},"data":${data}}`,
    reply: (data, id) => `{"op":"reply","id":${id},"data":${data}}`,
  },
  // An event, and the push that everybody in the room gets for it.
  'wsgate-push': {
    call: (data) => `{"type":"say","data":${data}}`,
    reply: (data) => `{"type":"said","data":${data}}`,
  },
  event: { call: event, reply: event },
  'socket.io': {
    call: socketIoEvent,
    reply: socketIoEvent,
    greeting: { hears: '0{', says: '40', hearsThen: '40{' },
  },
};
