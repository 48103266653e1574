INSERT INTO trade_transitions (from_status, to_status) VALUES ('draft', 'withdrawn'), ('in_negotiation', 'withdrawn');

-- What stands: the seller's offer, in dollars, for everybody to see.
ALTER TABLE trades
    ADD COLUMN offered_by VARCHAR(6) DEFAULT 'seller' NOT NULL,
    ADD COLUMN seen_version BIGINT DEFAULT '0' NOT NULL,
    ADD COLUMN request TEXT DEFAULT '' NOT NULL,
    ADD COLUMN currency TEXT DEFAULT 'USD' NOT NULL,
    ADD COLUMN unit TEXT DEFAULT '' NOT NULL,
    ADD COLUMN listed BOOLEAN DEFAULT true NOT NULL;
-- A request is open until the terms move: the last one after the last version.
UPDATE trades SET request = last.note FROM (
    SELECT DISTINCT ON (r.trade_id) r.trade_id, r.note FROM trade_actions r
    WHERE r.kind = 'amendment_requested' AND NOT EXISTS (
        SELECT FROM trade_actions later WHERE later.trade_id = r.trade_id AND later.seq > r.seq AND later.kind = 'amended')
    ORDER BY r.trade_id, r.seq DESC
) AS last WHERE last.trade_id = trades.id;

-- Each action keeps the deadline in force after it. Until now a trade had one, which all its links cover: only for this
-- statement is the trail not append-only.
ALTER TABLE trade_actions ADD COLUMN deadline TIMESTAMP WITH TIME ZONE;
ALTER TABLE trade_actions DISABLE TRIGGER trade_actions_append_only;
UPDATE trade_actions SET deadline = trades.expires_at FROM trades WHERE trades.id = trade_actions.trade_id;
ALTER TABLE trade_actions ENABLE TRIGGER trade_actions_append_only;
ALTER TABLE trade_actions ALTER COLUMN deadline SET NOT NULL;

-- The deadline may grow while the trade is open; currency, unit and discretion never change; whose offer it is changes
-- with the version; what was seen is forgotten with the seat alone.
DROP TRIGGER trades_follow_the_rules ON trades;
CREATE TRIGGER trades_follow_the_rules BEFORE UPDATE ON trades FOR EACH ROW WHEN (
    NEW.seq NOT IN (OLD.seq, OLD.seq + 1)
    OR NEW.version NOT IN (OLD.version, OLD.version + 1)
    OR NEW.expires_at < OLD.expires_at
    OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.version, NEW.buyer_id, NEW.code, NEW.expires_at, NEW.request)
        IS DISTINCT FROM (OLD.closed_at, OLD.version, OLD.buyer_id, OLD.code, OLD.expires_at, OLD.request))
    OR (NEW.version = OLD.version AND (NEW.price, NEW.quantity, NEW.description, NEW.offered_by)
        IS DISTINCT FROM (OLD.price, OLD.quantity, OLD.description, OLD.offered_by))
    OR (OLD.answered AND NOT NEW.answered)
    OR (NEW.seen_version < OLD.seen_version AND NEW.buyer_id IS NOT NULL)
    OR (OLD.buyer_id IS NOT NULL AND NEW.buyer_id IS DISTINCT FROM OLD.buyer_id
        AND (OLD.answered OR NEW.buyer_id IS NOT NULL OR NEW.code = OLD.code))
    OR (NEW.id, NEW.title, NEW.seller_id, NEW.invited, NEW.created_at, NEW.currency, NEW.unit, NEW.listed)
        IS DISTINCT FROM (OLD.id, OLD.title, OLD.seller_id, OLD.invited, OLD.created_at, OLD.currency, OLD.unit, OLD.listed)
) EXECUTE FUNCTION traderoom_refuse_move();

-- The constraints as the table of kinds writes them. Rejections of earlier releases name no version.
ALTER TABLE trades
    DROP CONSTRAINT trades_closed_when_final_check,
    ADD CONSTRAINT trades_closed_when_final_check CHECK ((status IN ('accepted', 'rejected', 'expired', 'withdrawn')) = (closed_at IS NOT NULL)),
    DROP CONSTRAINT trades_decided_before_deadline_check,
    ADD CONSTRAINT trades_decided_before_deadline_check CHECK (NOT (status IN ('accepted', 'rejected', 'withdrawn')) OR closed_at < expires_at),
    DROP CONSTRAINT trades_deadline_in_reach_check,
    ADD CONSTRAINT trades_deadline_in_reach_check CHECK (expires_at > created_at AND expires_at <= active_at + interval '525600 minutes'),
    ADD CONSTRAINT trades_seen_version_is_there_check CHECK (seen_version BETWEEN 0 AND version),
    ADD CONSTRAINT trades_answer_is_known_check CHECK (answered OR offered_by = 'seller' AND request = ''),
    ADD CONSTRAINT trades_request_length_check CHECK (length(request) BETWEEN 0 AND 5000),
    ADD CONSTRAINT trades_request_lines_check CHECK (request !~ '[\u0001-\u0008\u000b-\u001f\u007f-\u009f]' AND (request = '' OR request ~ '\S')),
    ADD CONSTRAINT trades_currency_code_check CHECK (currency ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT trades_price_has_coins_check CHECK (NOT (currency IN ('AFN', 'ALL', 'BIF', 'CLP', 'COP', 'DJF', 'GNF', 'HUF', 'IDR', 'IQD', 'IRR', 'ISK', 'JPY', 'KMF', 'KPW', 'KRW', 'LAK', 'LBP', 'MGA', 'MMK', 'PYG', 'RWF', 'SOS', 'SYP', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'YER')) OR price = trunc(price)),
    ADD CONSTRAINT trades_unit_length_check CHECK (length(unit) BETWEEN 0 AND 40),
    ADD CONSTRAINT trades_unit_line_check CHECK (unit !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|(^|[\u0001-\u02af])[\u200c\u200d]' AND (unit = '' OR unit ~ '\S')),
    DROP CONSTRAINT trades_status_check,
    ADD CONSTRAINT trades_status_check CHECK (status IN ('draft', 'in_negotiation', 'accepted', 'rejected', 'expired', 'withdrawn')),
    ADD CONSTRAINT trades_offered_by_check CHECK (offered_by IN ('seller', 'buyer'));
ALTER TABLE trade_actions
    DROP CONSTRAINT trade_actions_offer_is_the_sellers_check,
    ADD CONSTRAINT trade_actions_offer_is_the_sellers_check CHECK (NOT (kind IN ('created', 'link_renewed', 'seat_released', 'extended')) OR role = 'seller'),
    DROP CONSTRAINT trade_actions_decision_is_the_buyers_check,
    ADD CONSTRAINT trade_actions_decision_is_the_buyers_check CHECK (NOT (kind IN ('joined', 'amendment_requested')) OR role = 'buyer'),
    DROP CONSTRAINT trade_actions_version_named_check,
    ADD CONSTRAINT trade_actions_version_named_check CHECK (kind = 'rejected' OR (kind IN ('created', 'amended', 'accepted', 'rejected', 'withdrawn', 'offer_seen')) = (version IS NOT NULL)),
    ADD CONSTRAINT trade_actions_in_time_check CHECK (NOT (kind IN ('created', 'joined', 'amended', 'amendment_requested', 'accepted', 'rejected', 'link_renewed', 'seat_released', 'withdrawn', 'extended', 'offer_seen')) OR at < deadline),
    ADD CONSTRAINT trade_actions_after_deadline_check CHECK (NOT (kind = 'expired') OR at >= deadline),
    DROP CONSTRAINT trade_actions_kind_check,
    ADD CONSTRAINT trade_actions_kind_check CHECK (kind IN ('created', 'joined', 'message_sent', 'amended', 'amendment_requested', 'accepted', 'rejected', 'expired', 'link_renewed', 'seat_released', 'withdrawn', 'extended', 'offer_seen'));
DROP INDEX trade_actions_one_outcome;
CREATE UNIQUE INDEX trade_actions_one_outcome ON trade_actions (trade_id) WHERE kind IN ('accepted', 'rejected', 'expired', 'withdrawn');
