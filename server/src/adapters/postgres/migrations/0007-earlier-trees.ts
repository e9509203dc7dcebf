/** Which tree a result was cut from, so that other chunks can be cut from it too. */
export const earlierTrees = `
alter table job_fingerprint add column tree_fingerprint text;
create index job_fingerprint_of_tree on job_fingerprint (account_id, tree_fingerprint) where tree_fingerprint is not null;
`;
