/** The workload this server is for. */
export const workload: { readonly guarded?: boolean };

/** Says that the server listens, and answers what it is asked until its parent goes. */
export function serveControl(port: number): void;
