CREATE TABLE preference (
    pseudonym TEXT CONSTRAINT preference_pkey PRIMARY KEY
        CONSTRAINT preference_pseudonym_fkey REFERENCES person (pseudonym) ON DELETE CASCADE,
    body JSONB NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

CREATE TABLE telling (
    pseudonym TEXT NOT NULL CONSTRAINT telling_pseudonym_fkey REFERENCES person (pseudonym) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    as_of DATE NOT NULL,
    was_sent BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT telling_pkey PRIMARY KEY (pseudonym, kind, day)
);

CREATE TABLE held_mention (
    signal_id TEXT NOT NULL CONSTRAINT held_mention_signal_id_fkey REFERENCES signal (id),
    pseudonym TEXT NOT NULL CONSTRAINT held_mention_pseudonym_fkey REFERENCES person (pseudonym) ON DELETE CASCADE,
    about TEXT NOT NULL,
    held_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    CONSTRAINT held_mention_pkey PRIMARY KEY (signal_id, pseudonym, about)
);
CREATE INDEX held_mention_told_at_idx ON held_mention (told_at);
