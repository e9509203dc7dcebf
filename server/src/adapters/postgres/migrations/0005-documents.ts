/** What jobs publish, and that a document has at most one active job. */
export const documents = `
create table document (
  document_id text primary key,
  account_id text not null,
  namespace text not null,
  status text not null check (status in ('active', 'archived')),
  current_version text not null,
  metadata json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  check ((status = 'archived') = (archived_at is not null))
);
create index document_newest on document (account_id, namespace, updated_at desc, document_id);

create table document_version (
  version_id text primary key,
  document_id text not null references document on delete cascade,
  job_id text not null unique references job on delete cascade,
  number int not null,
  file_name text not null,
  published_at timestamptz not null,
  unique (document_id, number)
);

create unique index job_active_document on job (document_id) where status not in ('done', 'failed');

-- Jobs that were done before there were documents.
insert into document (document_id, account_id, namespace, status, current_version, metadata, created_at, updated_at)
  select distinct on (document_id) document_id, account_id, namespace, 'active', 'jr_' || substr(job_id, 5),
    document_metadata, finished_at, finished_at
  from job where status = 'done' order by document_id, finished_at desc, job_id desc;
insert into document_version (version_id, document_id, job_id, number, file_name, published_at)
  select 'jr_' || substr(job_id, 5), document_id, job_id,
    row_number() over (partition by document_id order by finished_at, job_id), file_name, finished_at
  from job where status = 'done';
`;
