-- Made-up bookings of the demo organisations over the last 90 days.
insert into fintech.transactions (org_id, account, amount_cents, currency, description, created_at)
select
  org.id,
  'acc-' || (1 + n % 4),
  (case when n % 3 = 0 then -1 else 1 end) * (1000 + n * 137 % 90000),
  'EUR',
  (array['card payment', 'transfer', 'salary', 'refund', 'subscription'])[1 + n % 5],
  now() - n * interval '4 hours'
from
  unnest(array['org-free-one', 'org-free-two', 'org-pro', 'org-enterprise']) as org (id),
  generate_series(1, 500) as n;
