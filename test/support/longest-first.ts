import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They wait a lot, and for long. */
const LONGEST = ['/test/e2e/soak/', '/test/pack/', '/test/e2e/shutdown/', '/01-chat/test/browser.'];

/**
 * Begins with the files that take longest, so that in the end nobody waits for one of them alone.
 * Vitest itself remembers how long files took, but a fresh checkout has no memory.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => Number(isLong(other)) - Number(isLong(one)));
  }
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONGEST.some((part) => moduleId.includes(part));
}
