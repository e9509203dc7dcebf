/** The outbox of webhooks, the log of its tries, and what they are signed with. */
export const webhooks = `
create table delivery (
  delivery_id text primary key,
  job_id text not null references job on delete cascade,
  account_id text not null,
  event text not null check (event in ('job.completed', 'job.failed', 'test')),
  url text not null,
  state text not null check (state in ('pending', 'delivering', 'delivered', 'failed', 'canceled')),
  attempts int not null default 0,
  -- when it is due; while it is delivering, when the lease ends and it is due again
  next_at timestamptz not null,
  created_at timestamptz not null
) with (fillfactor = 80);
create index delivery_due on delivery (next_at) where state in ('pending', 'delivering');
create index delivery_of_job on delivery (job_id);

create table delivery_attempt (
  id text primary key,
  delivery_id text not null references delivery on delete cascade,
  job_id text not null,
  account_id text not null,
  webhook_url text not null,
  attempt_number int not null,
  request_headers json not null,
  request_body text not null,
  signature text not null,
  response_status int,
  response_body text,
  error_message text,
  duration_ms int not null,
  created_at timestamptz not null
);
create index delivery_attempt_newest on delivery_attempt (account_id, created_at desc, id desc);
create index delivery_attempt_of_job on delivery_attempt (job_id);

-- Secrets must be had in the clear to sign with; who can read this database can sign.
create table webhook_secret (
  secret_id text primary key,
  account_id text not null,
  endpoint text,
  secret text not null,
  status text not null check (status in ('active', 'retiring', 'revoked')),
  created_at timestamptz not null,
  retires_at timestamptz
);
create unique index webhook_secret_active on webhook_secret (account_id, coalesce(endpoint, '')) where status = 'active';
`;
