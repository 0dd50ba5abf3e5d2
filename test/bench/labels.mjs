const KIB = 1024;

/** What a workload is about, and its name there, for people. */
export function labelOf(workload) {
  const { measure, kind, inFlight, connections, bytes, guarded, deflate } = workload;
  const pace = inFlight === 1 ? 'one at a time' : `${inFlight} in flight`;
  if (measure === 'memory') return ['Memory per connection', memoryLabel(workload)];
  if (kind === 'broadcast') return ['Broadcast', `to ${connections} clients, ${pace}`];
  if (kind === 'call') {
    return ['Nest gateway', `call, ${pace}${guarded ? ', guard and validation' : ''}`];
  }
  if (deflate) return ['permessage-deflate', `JSON ${sizeOf(bytes)}, ${pace}`];
  return ['Echo', `${sizeOf(bytes)}${contentOf(workload)}, ${pace}, ${connections} clients`];
}

function contentOf({ binary, payload }) {
  if (binary) return ' binary';
  return payload === 'non-ascii' ? ' non-ASCII' : '';
}

function memoryLabel({ kind, usedOnce }) {
  if (kind === 'call') return 'idle, in a Nest application';
  return usedOnce ? 'compression used once' : 'idle';
}

function sizeOf(bytes) {
  if (bytes < KIB) return `${bytes} B`;
  return bytes < KIB * KIB ? `${bytes / KIB} KiB` : `${bytes / KIB / KIB} MiB`;
}
