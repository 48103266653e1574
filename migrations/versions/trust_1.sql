ALTER TABLE users ADD COLUMN deleted_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE trades ADD COLUMN answered BOOLEAN DEFAULT false NOT NULL;
UPDATE trades SET answered = true WHERE status IN ('accepted', 'rejected')
    OR EXISTS (SELECT FROM trade_actions a WHERE a.trade_id = trades.id AND a.kind = 'amendment_requested');
CREATE INDEX trades_open_of_seller_idx ON trades (seller_id) WHERE status IN ('draft', 'in_negotiation');

ALTER TABLE trade_actions ADD COLUMN request_id UUID;
CREATE UNIQUE INDEX trade_actions_request_idx ON trade_actions (actor_id, request_id);

-- A released seat can be taken again, so there may be more than one joining.
DROP INDEX trade_actions_one_join;
ALTER TABLE trade_actions
    DROP CONSTRAINT trade_actions_kind_check,
    ADD CONSTRAINT trade_actions_kind_check CHECK (kind IN ('created', 'joined', 'message_sent', 'amended', 'amendment_requested', 'accepted', 'rejected', 'expired', 'link_renewed', 'seat_released')),
    DROP CONSTRAINT trade_actions_terms_are_the_sellers_check,
    ADD CONSTRAINT trade_actions_offer_is_the_sellers_check CHECK (kind NOT IN ('created', 'amended', 'link_renewed', 'seat_released') OR role = 'seller');

-- The seat can go back before the buyer's first answer, never without a new code; the code of an open trade may change.
DROP TRIGGER trades_follow_the_rules ON trades;
CREATE TRIGGER trades_follow_the_rules BEFORE UPDATE ON trades FOR EACH ROW WHEN (
    (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'in_negotiation'), ('draft', 'expired'), ('in_negotiation', 'draft'),
        ('in_negotiation', 'accepted'), ('in_negotiation', 'rejected'), ('in_negotiation', 'expired')))
    OR NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
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

-- The one exception from "append-only": an offer that expired a month ago and that nobody ever joined concerns nobody
-- but its seller, and is cleared. The application's role may not delete; this function of the owner's does it for it,
-- and the triggers let nothing else pass.
CREATE INDEX trades_unjoined_idx ON trades (closed_at) WHERE status = 'expired' AND buyer_id IS NULL;
CREATE FUNCTION traderoom_is_forgotten(trade BIGINT) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM trades WHERE id = trade AND status = 'expired' AND buyer_id IS NULL
                       AND closed_at < now() - interval '30 days')
        AND NOT EXISTS (SELECT FROM trade_actions WHERE trade_id = trade AND kind = 'joined');
$$;
CREATE FUNCTION traderoom_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF traderoom_is_forgotten(coalesce(to_jsonb(OLD) ->> 'trade_id', to_jsonb(OLD) ->> 'id')::bigint) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE FUNCTION traderoom_clear_drafts() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint[];
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO forgotten FROM (
        SELECT id FROM trades
        WHERE status = 'expired' AND buyer_id IS NULL AND closed_at < now() - interval '30 days'
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
REVOKE ALL ON FUNCTION traderoom_clear_drafts() FROM PUBLIC;

DROP TRIGGER trade_actions_append_only ON trade_actions;
CREATE TRIGGER trade_actions_append_only BEFORE UPDATE OR TRUNCATE ON trade_actions
    FOR EACH STATEMENT EXECUTE FUNCTION traderoom_refuse_change();
CREATE TRIGGER trade_actions_stay BEFORE DELETE ON trade_actions
    FOR EACH ROW EXECUTE FUNCTION traderoom_refuse_delete();
DROP TRIGGER trade_versions_append_only ON trade_versions;
CREATE TRIGGER trade_versions_append_only BEFORE UPDATE OR TRUNCATE ON trade_versions
    FOR EACH STATEMENT EXECUTE FUNCTION traderoom_refuse_change();
CREATE TRIGGER trade_versions_stay BEFORE DELETE ON trade_versions
    FOR EACH ROW EXECUTE FUNCTION traderoom_refuse_delete();
DROP TRIGGER messages_append_only ON messages;
CREATE TRIGGER messages_append_only BEFORE UPDATE OR TRUNCATE ON messages
    FOR EACH STATEMENT EXECUTE FUNCTION traderoom_refuse_change();
CREATE TRIGGER messages_stay BEFORE DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION traderoom_refuse_delete();
DROP TRIGGER trades_stay ON trades;
CREATE TRIGGER trades_stay BEFORE DELETE ON trades
    FOR EACH ROW EXECUTE FUNCTION traderoom_refuse_delete();
CREATE TRIGGER trades_are_not_emptied BEFORE TRUNCATE ON trades
    FOR EACH STATEMENT EXECUTE FUNCTION traderoom_refuse_change();
