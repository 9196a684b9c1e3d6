package console

import (
	"context"
	"slices"
	"time"

	"helpline/counsel"
	"helpline/counsel/rota"
)

// shelfRows takes every change of the rotas: the service has them in memory.
type shelfRows struct {
	serial int64
	events []rota.Event
}

func (s *shelfRows) LoadRotas(context.Context) (counsel.RotaState, error) {
	return counsel.RotaState{Serial: s.serial}, nil
}

func (s *shelfRows) RotaSerial(context.Context) (int64, error) { return s.serial, nil }

func (s *shelfRows) ChangeRotas(_ context.Context, c counsel.RotaChange) error {
	s.serial++
	s.events = append(s.events, c.Events...)
	return nil
}

func (s *shelfRows) RotaEvents(_ context.Context, from, until time.Time) ([]rota.Event, error) {
	return slices.DeleteFunc(slices.Clone(s.events), func(e rota.Event) bool { return e.At.Before(from) || !e.At.Before(until) }), nil
}
