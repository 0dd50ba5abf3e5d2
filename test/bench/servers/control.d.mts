/** The workload this server is for. */
export const workload: {
  readonly guarded?: boolean;
  /** Handlers of the gateway besides the one that is called. */
  readonly handlers?: number;
  /** Gateways on paths of their own besides the one that is called. */
  readonly gateways?: number;
  /** Processes that share the port. */
  readonly processes?: number;
};

/** Says that the server listens, and answers what it is asked until its parent goes. */
export function serveControl(port: number): void;

/** The same for processes of a cluster: their answers, summed. */
export function answerTogether(workers: readonly import('node:cluster').Worker[]): void;
