package counsel

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

// checked is a log whose check says what it is told to.
type checked struct {
	memoryTrail
	rep  audit.Report
	err  error
	runs int
}

func (c *checked) Verify(_ context.Context, w audit.Wanted) (audit.Report, error) {
	c.runs++
	w.Progress(7)
	time.Sleep(time.Second) // of the bubble: a check takes a while
	return c.rep, c.err
}

func TestTheLogIsCheckedOnceADayAndWhenSomebodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &checked{}
		c := NewTrailChecks(log)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		synctest.Wait()
		if s := c.State(); s.Running || !s.At.IsZero() || log.runs != 0 {
			t.Errorf("at the start: %+v", s)
		}
		reviewer := helpline.Actor{Person: helpline.ID{5}, Roles: []helpline.Role{helpline.Reviewer}}
		wantErr(t, c.Check(helpline.Actor{Roles: []helpline.Role{helpline.Counsellor}}), helpline.Forbidden, nil)
		for range 5 { // a check that is running is not asked for again
			if err := c.Check(reviewer); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if s := c.State(); !s.Running || s.Done != 7 {
			t.Errorf("while it runs: %+v", s)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if s := c.State(); s.Running || s.Bad() || s.At.IsZero() || log.runs != 1 || log.rows[0].Actor != reviewer.Person || log.rows[0].Detail("found") != "good" {
			t.Errorf("after %d runs: %+v, %v", log.runs, s, log.rows)
		}
		log.rep.Fault = &audit.Fault{Number: 3, What: audit.Edited}
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		if s := c.State(); !s.Bad() || s.Failed || log.runs != 3 || log.rows[2].Detail("found") != "fault" || log.rows[2].Detail("at") != "3" || !log.rows[2].Actor.IsZero() {
			t.Errorf("the next day, after %d runs: %+v, %v", log.runs, s, log.rows)
		}
		log.err = errors.New("the disk is gone")
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if s := c.State(); !s.Bad() || !s.Failed || len(log.rows) != 3 {
			t.Errorf("a check that cannot be done: %+v, %v", s, log.codes())
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
