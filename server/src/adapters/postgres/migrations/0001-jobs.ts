/** Accounts and keys, jobs with their events, attempts and queue, idempotency, uploads, usage. */
// json, not jsonb: it keeps the order of members and takes the escape of NUL, which documents do contain.
export const jobs = `
create table account (
  account_id text primary key,
  name text not null unique,
  created_at timestamptz not null
);

create table api_key (
  key_id text primary key,
  account_id text not null references account on delete cascade,
  name text not null,
  -- sha256 of the key; the key itself is nowhere
  hash bytea not null unique,
  masked text not null,
  scopes text[] not null,
  rate_per_minute int,
  is_active boolean not null default true,
  created_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  unique (account_id, name)
);

create table job (
  job_id text primary key,
  account_id text not null,
  key_id text not null,
  status text not null check (status in ('waiting-file', 'pending', 'converting', 'running', 'done', 'failed')),
  version int not null,
  source_type text not null check (source_type in ('url', 'file')),
  source_url text,
  source_key text,
  file_name text not null,
  file_extension text not null,
  content_type text not null,
  data_id text,
  namespace text not null,
  document_id text not null,
  document_metadata json,
  options json not null,
  webhook_url text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  upload_expires_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  total_pages int,
  processed_pages int,
  error json,
  result json,
  warnings json,
  attempts int not null,
  retried_from text,
  request_id text not null,
  check ((status = 'done') = (result is not null)),
  check ((status = 'failed') = (error is not null)),
  check ((status in ('done', 'failed')) = (finished_at is not null))
) with (fillfactor = 80);
create index job_newest on job (account_id, created_at desc, job_id desc);
create index job_active on job (account_id) where status not in ('done', 'failed');
create index job_outlived on job (expires_at) where status in ('done', 'failed');
create index job_source on job (source_key) where source_key is not null;

-- One row per move and per progress step, written in the transaction of the change. Ids rise within a job.
create table job_event (
  id bigint generated always as identity primary key,
  job_id text not null references job on delete cascade,
  type text not null check (type in ('state', 'progress', 'warning')),
  data json not null,
  at timestamptz not null
);
create index job_event_of_job on job_event (job_id, id);

-- Every claim by a worker, kept as long as the job.
create table attempt (
  job_id text not null references job on delete cascade,
  number int not null,
  token bigint not null,
  worker text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('done', 'failed', 'cancelled', 'faulted', 'lost', 'released')),
  error json,
  primary key (job_id, number)
);

create sequence fencing_token;

-- There is a row as long as a job has work to do.
create table queue_item (
  job_id text primary key references job on delete cascade,
  key_id text not null,
  priority int not null default 0,
  run_at timestamptz not null,
  attempt int not null default 0,
  strikes int not null default 0,
  token bigint not null default 0,
  leased_by text,
  lease_until timestamptz,
  check ((leased_by is null) = (lease_until is null))
) with (fillfactor = 70);
create index queue_waiting on queue_item (key_id, priority desc, run_at, job_id) where lease_until is null;
create index queue_claimed on queue_item (key_id) where lease_until is not null;
create index queue_lease on queue_item (lease_until) where lease_until is not null;

-- When each key was last served, as a fencing number.
create table queue_turn (
  key_id text primary key,
  token bigint not null
) with (fillfactor = 50);

-- Takes the next item. One statement, so that a stalled worker never holds the lock that puts claims in a row.
-- Fair: among keys with due work the one with the fewest claims, then the one served longest ago; within a key
-- by priority, then age. Keys are found by skipping through the index, so the length of a key's queue costs nothing.
create function claim_queue_item(at timestamptz, until timestamptz, worker text)
returns table (claimed_job text, claimed_token bigint, claimed_attempt int, claimed_strikes int)
language plpgsql as $$
declare
  item queue_item;
  next_token bigint;
begin
  perform pg_advisory_xact_lock(5005002);
  with recursive waiting_key as (
    (select q.key_id from queue_item q where q.lease_until is null order by q.key_id limit 1)
    union all
    select (select q.key_id from queue_item q where q.lease_until is null and q.key_id > w.key_id order by q.key_id limit 1)
    from waiting_key w where w.key_id is not null
  ), head as (
    select h.job_id, h.run_at, w.key_id,
      (select count(*) from queue_item c where c.key_id = w.key_id and c.lease_until is not null) as claims,
      coalesce((select t.token from queue_turn t where t.key_id = w.key_id), 0) as served
    from waiting_key w
    cross join lateral (
      select q.job_id, q.run_at from queue_item q
      where q.key_id = w.key_id and q.lease_until is null
        -- A time far ahead was written by a clock that has been set back since.
        and (q.run_at <= at or q.run_at > at + interval '30 minutes')
      order by q.priority desc, q.run_at, q.job_id limit 1
    ) h
    where w.key_id is not null
  )
  -- The row is locked and looked at again; a cancel that has it makes us pass on.
  select q.* into item from head h join queue_item q on q.job_id = h.job_id
  where q.lease_until is null
  order by h.claims, h.served, h.run_at, h.job_id
  limit 1 for update of q skip locked;
  if not found then return; end if;

  next_token := nextval('fencing_token');
  update queue_item q set attempt = q.attempt + 1, token = next_token, leased_by = worker, lease_until = until where q.job_id = item.job_id;
  insert into attempt (job_id, number, token, worker, started_at) values (item.job_id, item.attempt + 1, next_token, worker, at);
  insert into queue_turn as t (key_id, token) values (item.key_id, next_token)
  on conflict (key_id) do update set token = excluded.token;
  return query select item.job_id, next_token, item.attempt + 1, item.strikes;
end $$;

-- Uploads that are awaited: when to look for the object next.
create table awaited_upload (
  job_id text primary key references job on delete cascade,
  look_at timestamptz not null
);
create index awaited_upload_next on awaited_upload (look_at);

-- Blobs of erased jobs, noted in the erasing transaction until they are deleted.
create table doomed_blob (
  key text primary key,
  doomed_at timestamptz not null
);

create table idempotency_key (
  account_id text not null,
  key text not null,
  body_hash text not null,
  reserved_id text not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null,
  status int,
  body json,
  primary key (account_id, key)
);
create index idempotency_key_end on idempotency_key (expires_at);

-- What was done, once a job, kept when the job is erased.
create table usage_ledger (
  job_id text primary key,
  account_id text not null,
  key_id text not null,
  pages int not null,
  file_extension text not null,
  at timestamptz not null
);
create index usage_ledger_account on usage_ledger (account_id, at);
`;
