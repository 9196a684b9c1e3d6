package chat

import "time"

// Settings are the engine's limits and times.
type Settings struct {
	MaxWaiting  int           // contacts in the queue, held places included
	FirstFrom   int           // waiting, from which on the front page puts messages first; 0: never by itself
	RingEntries int           // entries a room keeps for resuming
	RingBytes   int           // and the bytes of their bodies
	Settle      time.Duration // after a start nobody is offered, so that all can come back to their places
	ReadyFor    time.Duration // to answer the ready question
	ReadyMore   time.Duration // what one extension adds
	AcceptFor   time.Duration // for a counsellor to take a visitor who is ready
	Grace       time.Duration // from a lost link to gone
	PlaceHeld   time.Duration // for a visitor without a link
	NobodyFor   time.Duration // with nobody on duty, until those who wait are told
	IdleAfter   time.Duration // of nobody writing
	IdleWarn    time.Duration // from the warning to the end
	IdleTimes   int           // extensions
	Linger      time.Duration // a closed room waits so long for the last acknowledgements
	AckWithin   time.Duration // an acknowledgement that found nothing to ride on goes alone after this
	QueueEvery  time.Duration // between broadcasts to those who wait
	BandEvery   time.Duration // between changes of what the front page says
}

// Defaults are the times of the design.
func Defaults() Settings {
	return Settings{
		MaxWaiting: 2000, RingEntries: 200, RingBytes: 256 << 10,
		Settle: 5 * time.Second, ReadyFor: 75 * time.Second, ReadyMore: 60 * time.Second, AcceptFor: 60 * time.Second,
		// A silent link is noticed after 35 s: two minutes in all.
		Grace: 85 * time.Second, PlaceHeld: 10 * time.Minute, NobodyFor: 10 * time.Minute,
		IdleAfter: 10 * time.Minute, IdleWarn: 2 * time.Minute, IdleTimes: 12,
		Linger: 2 * time.Minute, AckWithin: 200 * time.Millisecond, QueueEvery: 5 * time.Second, BandEvery: 10 * time.Minute,
	}
}
