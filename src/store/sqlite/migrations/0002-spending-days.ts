/** What a daily budget reads with every fire, and which run paused an automation. A released file never changes. */
import type { Migration } from './migration.ts';

export const spendingDays: Migration = {
  version: 2,
  name: 'spending-days',
  sql: `
-- The sum of usage_days over all automations, kept by triggers in the same transaction: a daily budget asks with every
-- batch of fires, and a busy day is millions of runs. Money is in billionths of a dollar, because sums of whole numbers
-- do not depend on their order (exact up to nine million dollars a day).
create table spending_days (
  day text primary key,
  tokens real not null,
  nano_usd real not null
) strict, without rowid;
insert into spending_days (day, tokens, nano_usd)
select day, total(input_tokens + output_tokens), total(round(cost_usd * 1e9)) from usage_days group by day;
create trigger usage_days_summed_in after insert on usage_days begin
  insert into spending_days (day, tokens, nano_usd)
  values (new.day, new.input_tokens + new.output_tokens, round(new.cost_usd * 1e9))
  on conflict (day) do update set tokens = tokens + excluded.tokens, nano_usd = nano_usd + excluded.nano_usd;
end;
create trigger usage_days_summed_up after update on usage_days begin
  update spending_days set
    tokens = tokens + new.input_tokens + new.output_tokens - old.input_tokens - old.output_tokens,
    nano_usd = nano_usd + round((new.cost_usd - old.cost_usd) * 1e9)
  where day = new.day;
end;

-- The run whose end paused it: finishing that run once more gives the same answer, and finishing another one does not.
alter table automations add column paused_run text;
update automations set paused_run = (
  select runs.id from runs
  where runs.automation_id = automations.id and status = 'failed' and ended_at = automations.paused_at
  order by runs.seq desc limit 1
) where paused_at is not null;
`,
};
