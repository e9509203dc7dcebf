/** Webhook events that belong to no job, and what signs URLs in every process alike. */
export const testEvents = `
alter table delivery alter column job_id drop not null;
alter table delivery_attempt alter column job_id drop not null;
create index delivery_test on delivery (account_id, created_at) where job_id is null;

-- Who can read this database can sign.
create table server_secret (
  name text primary key,
  secret bytea not null
);
`;
