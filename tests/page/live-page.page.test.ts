import { startPageUnderTest, type PageUnderTest } from './page-under-test.js';
import { describeScreens } from './screens.js';
import { describeTrouble } from './trouble.js';

// One stack and one browser for all of it: they take longer to start than all tests together.
let under: PageUnderTest;
beforeAll(async () => {
  under = await startPageUnderTest();
}, 150_000);
afterAll(() => under.end(), 30_000);
jest.setTimeout(90_000);

describe('screens', () => describeScreens(() => under));
describe('trouble', () => describeTrouble(() => under));
