set role fintech_owner;

create table fintech.transactions (
  id           bigint generated always as identity primary key,
  org_id       text not null,
  account      text not null,
  amount_cents bigint not null check (amount_cents <> 0),
  currency     char(3) not null,
  description  text not null,
  created_at   timestamptz not null default now(),
  -- The database user of the session that wrote the row: the audit trail leads to one lease.
  recorded_by  name not null default current_user
);
create index transactions_by_org on fintech.transactions (org_id, id desc);

create table fintech.reports (
  id          uuid primary key default gen_random_uuid(),
  org_id      text not null,
  month       date not null,
  totals      jsonb not null,
  created_at  timestamptz not null default now(),
  recorded_by name not null default current_user
);

grant select, insert on fintech.transactions, fintech.reports to fintech_app;

reset role;
