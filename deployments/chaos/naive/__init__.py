"""The twin without a ledger: it tries again on errors, as first versions do. It shows what the ledger prevents."""
