/** Requests taken from each key's window of one minute. Losing them in a crash costs at most one window. */
export const rateWindows = `
create unlogged table rate_window (
  key_id text primary key,
  -- number of the minute since 1970
  minute bigint not null,
  taken int not null,
  -- what the latest borrower got
  granted int not null
) with (fillfactor = 50);
`;
