import { cappedDenials, type RateLimitEvent } from '../../../../runtime/src/rate-limit/events';
import { manualClock, type ManualClock } from '../../../support/clock';

const denial = (client: string) => ({ client, tier: 'free', route: '/items', cost: 1, limit: 3 });

function denialsOn(clock: ManualClock) {
  const events: RateLimitEvent[] = [];
  const denied = cappedDenials((event) => events.push(event), 'denied', clock);
  const typesOf = () => events.map(({ type }) => type);
  return { denied, events, typesOf };
}

it('tells ten denials a second, and at its end how many calls of how many clients there were besides', async () => {
  const clock = manualClock();
  const { denied, events } = denialsOn(clock);
  for (let call = 0; call < 25; call += 1) denied(denial(`client-${call % 5}`));
  expect(events).toHaveLength(10);
  await clock.advance(1_000);
  expect(events.slice(10)).toEqual([{ type: 'denials_left_out', of: 'denied', calls: 15, clients: 5 }]);
});

it('begins anew after each second, and says nothing of one in which nothing was left out', async () => {
  const clock = manualClock();
  const { denied, typesOf } = denialsOn(clock);
  for (let second = 0; second < 3; second += 1) {
    for (let call = 0; call < 10; call += 1) denied(denial('one'));
    await clock.advance(1_000);
  }
  expect(typesOf()).toEqual(Array.from({ length: 30 }, () => 'denied'));
});

it('tells at the end of the process what the last second left out, once', async () => {
  const clock = manualClock();
  const { denied, events } = denialsOn(clock);
  for (let call = 0; call < 11; call += 1) denied(denial('one'));
  denied.flush();
  await clock.advance(1_000);
  expect(events.filter(({ type }) => type === 'denials_left_out')).toEqual([
    { type: 'denials_left_out', of: 'denied', calls: 1, clients: 1 },
  ]);
});
