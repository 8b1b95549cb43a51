/** What becomes of a request by the cookie that it brings. */
import { manualClock } from '../../../../../support/clock';
import { isCleared, servePeople, tokensOf, type People } from '../../../../../support/auth/people';

let people: People;
beforeEach(async () => void (people = await servePeople({ clock: manualClock() })));
afterEach(() => people.stop());

it('a cookie that comes twice is answered 401 and taken away, so that the next login helps', async () => {
  const cookie = await people.cookieOf(tokensOf({ sub: 'ada' }));
  const answer = await people.get('/api/me', `${cookie}; ${cookie}`);
  expect([answer.status, isCleared(answer)]).toEqual([401, true]);
});
