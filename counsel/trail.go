package counsel

import (
	"context"

	"helpline/counsel/audit"
)

// Trail is the audit log as those who must leave a trace need it. Asserted by
// store.
type Trail interface {
	// Record writes the entry of a deed. It is called before the deed is done
	// or shown: when it returns an error (Unavailable for a full disk), the deed
	// is refused. nil means that the entry is on the disk, signed.
	Record(ctx context.Context, d audit.Deed) error
}

// Traced does something that must leave a trace: the entry stands first, and
// without it nothing is done. A deed that fails after that is recorded once
// more as failed, because no entry can be taken back.
func Traced(ctx context.Context, t Trail, d audit.Deed, do func() error) error {
	if err := t.Record(ctx, d); err != nil {
		return err
	}
	err := do()
	if err != nil {
		_ = t.Record(context.WithoutCancel(ctx), d.Failed()) // the error of the deed says more; the first entry stands
	}
	return err
}
