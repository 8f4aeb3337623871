ALTER TABLE calendar_freeze ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
ALTER TABLE calendar_freeze ALTER COLUMN account_id DROP DEFAULT;
ALTER TABLE calendar_freeze DROP CONSTRAINT calendar_freeze_pkey;
ALTER TABLE calendar_freeze ADD CONSTRAINT calendar_freeze_pkey PRIMARY KEY (name, first_day, account_id);

ALTER TABLE action ADD COLUMN executor TEXT;
