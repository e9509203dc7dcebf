/** What a job is at after its last page. */
export const stages = `
alter table job add column stage jsonb;
`;
