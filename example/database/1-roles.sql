-- Two group roles that nobody can log in as. fintech_owner owns the tables. Leased users are members of fintech_app and
-- live an hour; what they own goes to it before they are dropped. Their names stand in vault-names.ts too.
create role fintech_owner nologin;
create role fintech_app nologin;

revoke all on schema public from public;
revoke all on database fintech from public;
grant connect on database fintech to fintech_app;

create schema fintech authorization fintech_owner;
grant usage on schema fintech to fintech_app;
alter database fintech set search_path = fintech;
