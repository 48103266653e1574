"""A crowd of trades in one statement, written as the app would have written them one by one.

Each was created, joined, talked about and, some, accepted, the newest just now and the others a second apart; open ones
have their expiry job. Only the hashes are no true chain: reading and adding look at none but the last one's length.
"""

CROWD = """
    WITH lots AS (
        SELECT lot, lot %% 100 < %(closed)s AS closed, clock_timestamp() - (lot || ' seconds')::interval AS active_at
        FROM generate_series(0, %(count)s - 1) AS lot
    ), n AS (
        INSERT INTO trades (code, title, seller_id, buyer_id, price, quantity, description, status, seq, head,
                            created_at, amended_at, active_at, closed_at, expires_at)
        SELECT %(name)s || lpad(lot::text, 26 - length(%(name)s), '0'), 'Table number ' || lot, %(seller)s, %(buyer)s,
               100 + lot %% 900, 1 + lot %% 9, 'Oak, two metres, oiled.',
               CASE WHEN closed THEN 'accepted' ELSE 'in_negotiation' END,
               2 + %(messages)s + closed::int, sha256('a crowd'),
               active_at - interval '1 day', active_at - interval '1 day', active_at,
               CASE WHEN closed THEN active_at END, active_at + interval '30 days'
        FROM lots
        RETURNING id, seq, status, created_at, active_at, expires_at, price, quantity, description
    ), steps AS (
        SELECT id, step, created_at, active_at, expires_at, n.seq = step AS is_last,
               CASE WHEN step = 1 THEN 'created' WHEN step = 2 THEN 'joined'
                    WHEN step = n.seq AND status = 'accepted' THEN 'accepted' ELSE 'message_sent' END AS kind
        FROM n, generate_series(1, n.seq) AS step
    ), sides AS (
        SELECT *, kind = 'created' OR (kind = 'message_sent' AND step %% 2 = 0) AS by_seller FROM steps
    ), a AS (
        INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, version, hash, deadline)
        SELECT id, step, kind, CASE WHEN by_seller THEN %(seller)s ELSE %(buyer)s END,
               CASE WHEN by_seller THEN 'seller' ELSE 'buyer' END,
               CASE WHEN is_last THEN active_at ELSE created_at + (step || ' seconds')::interval END,
               CASE WHEN kind IN ('created', 'accepted') THEN 1 END, sha256('a crowd'),
               expires_at
        FROM sides
    ), m AS (
        INSERT INTO messages (trade_id, seq, text)
        SELECT id, step, 'Message number ' || step || ', about as long as people write.' FROM steps
        WHERE kind = 'message_sent'
    ), v AS (
        INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)
        SELECT id, 1, 1, price, quantity, description FROM n
    ), j AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)
        SELECT 'default', 'expire_trade', jsonb_build_object('trade_id', id), 'todo', expires_at FROM n
        WHERE status = 'in_negotiation'
    )
    SELECT max(id) FROM n WHERE status = 'in_negotiation'
"""

LINK_JOBS = """
    UPDATE trades SET expiry_job_id = jobs.id FROM procrastinate_jobs AS jobs
    WHERE trades.expiry_job_id IS NULL AND trades.closed_at IS NULL
      AND jobs.task_name = 'expire_trade' AND (jobs.args->>'trade_id')::bigint = trades.id
"""
