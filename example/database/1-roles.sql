-- Two group roles that nobody can log in as. Leased users are members of fintech_app and live an hour;
-- what they own goes to fintech_owner before they are dropped. Their names stand in vault-names.ts too.
create role fintech_owner nologin;
create role fintech_app nologin;

revoke all on schema public from public;
revoke all on database fintech from public;
grant connect on database fintech to fintech_app;

create schema fintech authorization fintech_owner;
grant usage on schema fintech to fintech_app;
alter database fintech set search_path = fintech;
