/** Who is logged in. Names are unique: a session owns its name until it ends. */
export interface User {
  readonly name: string;
}
