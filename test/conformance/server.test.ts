import { describe } from 'vitest';
import { OPEN_CASES } from './cases/all-open.js';
import { testOpenCases } from './open-cases.js';

/** The raw peer plays the client, our server echoes. */
describe('server', () => {
  testOpenCases('server', Object.keys(OPEN_CASES));
});
