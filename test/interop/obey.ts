import { readCommand } from './talker.js';

/** What a server's socket can do, whatever library it belongs to. */
export interface Obedient {
  send(data: string | Buffer): void;
  sendParts(parts: readonly string[]): void;
  close(code: number, reason: string): void;
  /** Pings, and sends `pong <payload>` as a message once answered. */
  ping(payload: string): void;
}

/** Obeys a command, and sends every other message back. */
export function obey(socket: Obedient, data: string | Buffer): void {
  const command = readCommand(data);
  switch (command?.do) {
    case undefined:
      socket.send(data);
      break;
    case 'close':
      socket.close(command.code, command.reason);
      break;
    case 'ping':
      socket.ping(command.payload);
      break;
    case 'parts':
      socket.sendParts(command.parts);
      break;
  }
}
