/** Does something for the log. If that throws, there is nobody left to tell. */
export function ignoreFailure(write: () => void): void {
  try {
    write();
  } catch {
    // See above.
  }
}
