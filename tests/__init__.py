"""The tests mirror `app/`; `db` and `races` run on a real PostgreSQL, `e2e` in real browsers."""
