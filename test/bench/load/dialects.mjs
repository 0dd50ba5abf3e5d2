const same = (text) => text;
const event = (data) => `{"event":"call","data":${data}}`;

/** How a call with some JSON data, and its reply, are spelled on the wire. */
export const DIALECTS = {
  echo: { call: same, reply: same },
  wsgate: {
    call: (data, id) => `{"type":"call","id":${id},"data":${data}}`,
    reply: (data, id) => `{"op":"reply","id":${id},"data":${data}}`,
  },
  event: { call: event, reply: event },
};
