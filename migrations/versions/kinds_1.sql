-- The ways between statuses are rows, not code: a new status is two rows more, and the trigger stays as it is.
CREATE TABLE trade_transitions (
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    CONSTRAINT trade_transitions_pkey PRIMARY KEY (from_status, to_status),
    CONSTRAINT trade_transitions_leads_on_check CHECK (from_status <> to_status)
);
INSERT INTO trade_transitions (from_status, to_status) VALUES
    ('draft', 'in_negotiation'), ('draft', 'expired'),
    ('in_negotiation', 'draft'), ('in_negotiation', 'accepted'), ('in_negotiation', 'rejected'),
    ('in_negotiation', 'expired');
CREATE FUNCTION traderoom_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM trade_transitions WHERE from_status = OLD.status AND to_status = NEW.status) THEN
        RAISE EXCEPTION 'trade %: this change breaks the rules of a trade: no way leads from % to %',
            OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER trades_follow_the_transitions BEFORE UPDATE ON trades FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION traderoom_check_transition();

-- The other rules of a trade's row, as they were.
DROP TRIGGER trades_follow_the_rules ON trades;
CREATE TRIGGER trades_follow_the_rules BEFORE UPDATE ON trades FOR EACH ROW WHEN (
    NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
    OR NEW.version NOT IN (OLD.version, OLD.version + 1)
    OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.version, NEW.buyer_id, NEW.code)
        IS DISTINCT FROM (OLD.closed_at, OLD.version, OLD.buyer_id, OLD.code))
    OR (NEW.version = OLD.version AND (NEW.price, NEW.quantity, NEW.description)
        IS DISTINCT FROM (OLD.price, OLD.quantity, OLD.description))
    OR (OLD.answered AND NOT NEW.answered)
    OR (OLD.buyer_id IS NOT NULL AND NEW.buyer_id IS DISTINCT FROM OLD.buyer_id
        AND (OLD.answered OR NEW.buyer_id IS NOT NULL OR NEW.code = OLD.code))
    OR (NEW.id, NEW.title, NEW.seller_id, NEW.invited, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM (OLD.id, OLD.title, OLD.seller_id, OLD.invited, OLD.created_at, OLD.expires_at)
) EXECUTE FUNCTION traderoom_refuse_move();

-- What nobody ever joined is cleared whatever closed it: any status that is final, not one by name.
DROP INDEX trades_unjoined_idx;
CREATE INDEX trades_unjoined_idx ON trades (closed_at) WHERE buyer_id IS NULL;
CREATE OR REPLACE FUNCTION traderoom_is_forgotten(trade BIGINT) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM trades WHERE id = trade AND buyer_id IS NULL
                       AND closed_at < now() - interval '30 days')
        AND NOT EXISTS (SELECT FROM trade_actions WHERE trade_id = trade AND kind = 'joined');
$$;
CREATE OR REPLACE FUNCTION traderoom_clear_drafts() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint[];
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO forgotten FROM (
        SELECT id FROM trades
        WHERE buyer_id IS NULL AND closed_at < now() - interval '30 days'
            AND NOT EXISTS (SELECT FROM trade_actions WHERE trade_id = trades.id AND kind = 'joined')
        ORDER BY closed_at LIMIT 1000
    ) AS oldest;
    DELETE FROM messages WHERE trade_id = ANY (forgotten);
    DELETE FROM trade_versions WHERE trade_id = ANY (forgotten);
    DELETE FROM trade_actions WHERE trade_id = ANY (forgotten);
    DELETE FROM trades WHERE id = ANY (forgotten);
    IF cardinality(forgotten) > 0 THEN
        PERFORM pg_notify('traderoom_cleared', cardinality(forgotten)::text);
    END IF;
    RETURN cardinality(forgotten);
END;
$$;

-- The constraints as the table of kinds writes them, with the meaning they had.
ALTER TABLE trades
    DROP CONSTRAINT trades_deal_has_buyer_check,
    ADD CONSTRAINT trades_deal_has_buyer_check CHECK (NOT (status IN ('in_negotiation', 'accepted', 'rejected')) OR buyer_id IS NOT NULL),
    DROP CONSTRAINT trades_decided_before_deadline_check,
    ADD CONSTRAINT trades_decided_before_deadline_check CHECK (NOT (status IN ('accepted', 'rejected')) OR closed_at < expires_at),
    DROP CONSTRAINT trades_expired_after_deadline_check,
    ADD CONSTRAINT trades_expired_after_deadline_check CHECK (NOT (status = 'expired') OR closed_at >= expires_at);
ALTER TABLE trade_actions
    DROP CONSTRAINT trade_actions_offer_is_the_sellers_check,
    ADD CONSTRAINT trade_actions_offer_is_the_sellers_check CHECK (NOT (kind IN ('created', 'amended', 'link_renewed', 'seat_released')) OR role = 'seller'),
    DROP CONSTRAINT trade_actions_decision_is_the_buyers_check,
    ADD CONSTRAINT trade_actions_decision_is_the_buyers_check CHECK (NOT (kind IN ('joined', 'amendment_requested', 'accepted', 'rejected')) OR role = 'buyer');
