/** What the ledger says besides pages. */
export const usage = `
alter table usage_ledger add column source_bytes bigint not null default 0;
alter table usage_ledger add column seconds double precision not null default 0;
`;
