import { describe } from 'vitest';
import { OPEN_CASES } from './cases/all-open.js';
import { testOpenCases } from './open-cases.js';

/** The roles turned: the raw peer plays the server, our client echoes. */
describe('client', () => {
  testOpenCases('client', Object.keys(OPEN_CASES));
});
