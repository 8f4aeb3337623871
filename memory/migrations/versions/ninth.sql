CREATE TABLE opinion (
    answer TEXT NOT NULL,
    pseudonym TEXT NOT NULL CONSTRAINT opinion_pseudonym_fkey REFERENCES person (pseudonym) ON DELETE CASCADE,
    is_helpful BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT opinion_pkey PRIMARY KEY (answer, pseudonym)
);
