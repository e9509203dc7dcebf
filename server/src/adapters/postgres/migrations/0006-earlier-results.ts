/** What was parsed, so that the same input need not be parsed again. */
export const earlierResults = `
create table job_fingerprint (
  job_id text primary key references job on delete cascade,
  account_id text not null,
  fingerprint text not null
);
create index job_fingerprint_of on job_fingerprint (account_id, fingerprint);
`;
