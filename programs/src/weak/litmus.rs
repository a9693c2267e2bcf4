//! Litmus tests: small programs of which others have published the number of executions.
