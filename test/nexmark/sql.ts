// The queries of Nexmark in SQL for DuckDB, a second system over the same events.
//
// Promises: each statement gives one column of JSON, in the form of the lines of `evaluate.ts`. `bid.place` breaks ties
// of time.

const RANKS = `'totalBids', count(*), 'rank1Bids', count(*) FILTER (price < 10000),
  'rank2Bids', count(*) FILTER (price >= 10000 AND price < 1000000), 'rank3Bids', count(*) FILTER (price >= 1000000)`
const RANK = 'CASE WHEN price < 10000 THEN 1 WHEN price < 1000000 THEN 2 ELSE 3 END'
const DAY = '(dateTime // 86400000) * 86400000'
const DAYS = `json_array(${DAY}, ${DAY} + 86400000)`

/** Bids while their auction was open, the winning one of each auction first. */
const WINNING = `WITH valid AS (
    SELECT b.*, a.id AS aid, a.itemName, a.seller, a.category, a.expires,
      row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime, b.place) AS n
    FROM bid b JOIN auction a ON b.auction = a.id WHERE b.dateTime BETWEEN a.dateTime AND a.expires
  ), winning AS (SELECT * FROM valid WHERE n = 1)`

export const SQL: Readonly<Record<string, string>> = {
  q0: `SELECT json_object('auction', auction, 'bidder', bidder, 'price', price, 'channel', channel, 'url', url,
    'dateTime', dateTime, 'extra', extra) FROM bid`,
  q1: `SELECT json_object('auction', auction, 'bidder', bidder, 'price', 0.908::DOUBLE * price, 'dateTime', dateTime,
    'extra', extra) FROM bid`,
  q2: `SELECT json_object('auction', auction, 'price', price) FROM bid WHERE auction % 123 = 0`,
  q3: `SELECT json_object('name', p.name, 'city', p.city, 'state', p.state, 'auction', a.id)
    FROM auction a JOIN person p ON a.seller = p.id WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  q4: `${WINNING} SELECT json_array(category, NULL, avg(price)) FROM winning GROUP BY category`,
  q5: `WITH counts AS (
      SELECT w AS start, auction, count(*) AS n
      FROM bid, range((dateTime // 2000) * 2000 - 8000, (dateTime // 2000) * 2000 + 1, 2000) AS t(w)
      GROUP BY w, auction
    ), best AS (SELECT *, max(n) OVER (PARTITION BY start) AS top FROM counts)
    SELECT json_array('all', json_array(start + 8000, start + 10000),
      json_object('hot', json_object('count', top, 'auctions', list(auction ORDER BY auction))))
    FROM best WHERE n = top GROUP BY start, top`,
  q6: `${WINNING}, last AS (
      SELECT *, row_number() OVER (PARTITION BY seller ORDER BY expires DESC, aid DESC) AS place_ FROM winning
    ) SELECT json_array(seller, NULL, avg(price)) FROM last WHERE place_ <= 10 GROUP BY seller`,
  q7: `WITH ranked AS (
      SELECT *, row_number() OVER (PARTITION BY dateTime // 10000 ORDER BY price DESC, dateTime, place) AS n FROM bid
    ) SELECT json_array('all', json_array((dateTime // 10000) * 10000, (dateTime // 10000) * 10000 + 10000),
      json_object('bid', json_object('auction', auction, 'price', price, 'bidder', bidder, 'dateTime', dateTime)))
    FROM ranked WHERE n = 1`,
  q8: `SELECT json_array(p.id, json_array((p.dateTime // 10000) * 10000, (p.dateTime // 10000) * 10000 + 10000),
      json_object('name', p.name, 'auctions', count(*)))
    FROM person p JOIN auction a ON a.seller = p.id AND a.dateTime // 10000 = p.dateTime // 10000
    GROUP BY p.id, p.dateTime, p.name`,
  q9: `${WINNING} SELECT json_object('auction', aid, 'itemName', itemName, 'seller', seller, 'category', category,
      'bidder', bidder, 'price', price, 'bidTime', dateTime) FROM winning`,
  q10: `SELECT json_object('auction', auction, 'bidder', bidder, 'price', price, 'channel', channel, 'url', url,
    'dateTime', dateTime, 'extra', extra, 'day', strftime(make_timestamp(dateTime * 1000), '%Y-%m-%d'),
    'minute', strftime(make_timestamp(dateTime * 1000), '%H:%M')) FROM bid`,
  q11: `WITH marked AS (
      SELECT *, CASE WHEN dateTime - lag(dateTime) OVER w <= 10000 THEN 0 ELSE 1 END AS fresh
      FROM bid WINDOW w AS (PARTITION BY bidder ORDER BY dateTime, place)
    ), numbered AS (SELECT *, sum(fresh) OVER (PARTITION BY bidder ORDER BY dateTime, place) AS session FROM marked)
    SELECT json_array(bidder, json_array(min(dateTime), max(dateTime) + 10000), count(*))
    FROM numbered GROUP BY bidder, session`,
  q13: `SELECT json_object('auction', auction, 'bidder', bidder, 'price', price,
    'value', 'side ' || ((auction % 1000) % 17)) FROM bid`,
  q14: `WITH c AS (
      SELECT *, 0.908::DOUBLE * price AS euros, (dateTime % 86400000) // 3600000 AS hour FROM bid
    ) SELECT json_object('auction', auction, 'bidder', bidder, 'price', euros,
      'bidTimeType', CASE WHEN hour BETWEEN 8 AND 18 THEN 'day' WHEN hour <= 6 OR hour >= 20 THEN 'night' ELSE 'other' END,
      'cs', length(extra) - length(replace(extra, 'c', ''))) FROM c WHERE euros > 1000 AND euros < 50000000`,
  q15: `SELECT json_array('all', ${DAYS}, json_object(${RANKS},
      'totalBidders', count(DISTINCT bidder), 'biddersByRank', count(DISTINCT bidder || ' ' || ${RANK}),
      'totalAuctions', count(DISTINCT auction), 'auctionsByRank', count(DISTINCT auction || ' ' || ${RANK})))
    FROM bid GROUP BY ${DAY}`,
  q16: `SELECT json_array(channel, ${DAYS}, json_object(${RANKS},
      'lastMinute', strftime(make_timestamp(max(dateTime) * 1000), '%H:%M'),
      'totalBidders', count(DISTINCT bidder), 'totalAuctions', count(DISTINCT auction)))
    FROM bid GROUP BY channel, ${DAY}`,
  q17: `SELECT json_array(auction, ${DAYS}, json_object(${RANKS}, 'minPrice', min(price), 'maxPrice', max(price),
      'avgPrice', avg(price), 'sumPrice', sum(price)::BIGINT)) FROM bid GROUP BY auction, ${DAY}`,
  q18: `WITH ranked AS (
      SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, place DESC) AS n FROM bid
    ) SELECT json_array(json_object('bidder', bidder, 'auction', auction), NULL,
      json_object('bid', json_object('price', price, 'channel', channel, 'dateTime', dateTime))) FROM ranked WHERE n = 1`,
  q19: `WITH ranked AS (
      SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, dateTime, place) AS n FROM bid
    ) SELECT json_array(auction, NULL, json_object('bids',
      list(json_object('bidder', bidder, 'price', price, 'dateTime', dateTime) ORDER BY n)))
    FROM ranked WHERE n <= 10 GROUP BY auction`,
  q20: `SELECT json_object('auction', b.auction, 'bidder', b.bidder, 'price', b.price, 'itemName', a.itemName,
      'seller', a.seller, 'reserve', a.reserve) FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10`,
  q21: `WITH c AS (
      SELECT *, CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2'
        WHEN 'baidu' THEN '3' ELSE nullif(regexp_extract(url, 'channel_id=([^&]*)', 1), '') END AS id FROM bid
    ) SELECT json_object('auction', auction, 'bidder', bidder, 'price', price, 'channel', channel, 'channelId', id)
    FROM c WHERE id IS NOT NULL`,
  q22: `SELECT json_object('auction', auction, 'bidder', bidder, 'price', price, 'channel', channel,
    'dir1', split_part(url, '/', 4), 'dir2', split_part(url, '/', 5), 'dir3', split_part(url, '/', 6)) FROM bid`,
  q23: `SELECT json_object('auction', b.auction, 'bidder', b.bidder, 'price', b.price, 'itemName', a.itemName,
      'seller', p.name, 'city', p.city)
    FROM bid b JOIN auction a ON b.auction = a.id JOIN person p ON a.seller = p.id`,
}
