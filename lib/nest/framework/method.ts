/** A method of an application's class, as far as the framework knows it. */
export type Method = (...args: unknown[]) => unknown;
