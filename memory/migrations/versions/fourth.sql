-- People by pseudonym everywhere, each with a key of their own that opens what they wrote.
ALTER TABLE person ADD COLUMN digest TEXT;

CREATE TABLE person_key (
    pseudonym TEXT NOT NULL,
    key BYTEA NOT NULL,
    CONSTRAINT person_key_pkey PRIMARY KEY (pseudonym),
    CONSTRAINT person_key_pseudonym_fkey FOREIGN KEY(pseudonym) REFERENCES person (pseudonym) ON DELETE CASCADE
);

-- Or a key would outlive its row among the samples the planner keeps.
ALTER TABLE person_key ALTER COLUMN key SET STATISTICS 0;

CREATE TABLE ledger_identity (
    id SMALLINT NOT NULL,
    ledger TEXT NOT NULL,
    lookup BYTEA NOT NULL,
    compared_after BIGINT NOT NULL,
    CONSTRAINT ledger_identity_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_identity_is_one CHECK (id = 1)
);

-- The head may move forward and nothing else, and there is one.
ALTER TABLE ledger_head ADD CONSTRAINT ledger_head_is_one CHECK (id = 1);

CREATE TRIGGER ledger_head_stays_filled BEFORE TRUNCATE ON ledger_head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

CREATE TRIGGER ledger_head_moves_forward BEFORE UPDATE ON ledger_head
    FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION ledger_is_append_only();
