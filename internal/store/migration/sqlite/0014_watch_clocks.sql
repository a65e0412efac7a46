-- What the self-check reads every minute: open clocks without a step to come,
-- tickets that are not over, and jobs that were given up.

-- +goose Up
CREATE INDEX clock_still ON clock (ticket_id) WHERE next_at IS NULL AND met_at IS NULL AND superseded_by = '';
CREATE INDEX ticket_unfinished ON ticket (id) WHERE status NOT IN ('closed', 'declined', 'withdrawn', 'transferred');
CREATE INDEX job_given_up ON job (run_at) WHERE state = 'failed';
