-- The trace of the event that a change, an alert or a message comes from, as a W3C traceparent; NULL: it is followed by no
-- trace.
ALTER TABLE change_feed
  ADD COLUMN traceparent CHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- Of the change that last began or ended it.
ALTER TABLE alerts
  ADD COLUMN traceparent CHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;

ALTER TABLE outbox
  ADD COLUMN traceparent CHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL;
