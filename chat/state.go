package chat

import "helpline"

// State is how far a contact is.
type State string

// The states of a contact's life.
const (
	StateArrived State = "arrived"
	StateWaiting State = "waiting"
	StateOffered State = "offered" // asked: are you ready?
	StateReady   State = "ready"   // said yes; somebody may accept
	StateTalking State = "talking"
	StateClosed  State = "closed"
)

// Step is what happens to a contact.
type Step string

// The steps.
const (
	StepQueue    Step = "queue"    // joins the queue, or comes back to its place
	StepOffer    Step = "offer"    // somebody is free
	StepYes      Step = "yes"      // to the ready question
	StepLate     Step = "late"     // yes, when another visitor was quicker
	StepFresh    Step = "fresh"    // a late yes of a moment ago finds somebody free
	StepSilence  Step = "silence"  // the ready question ran out
	StepWithdraw Step = "withdraw" // nobody took the visitor who was ready, or the asker went
	StepAccept   Step = "accept"
	StepLeave    Step = "leave" // the visitor goes
	StepLost     Step = "lost"  // the held place ran out
	StepNobody   Step = "nobody"
	StepEnd      Step = "end" // of a conversation
)

// Effect is what a step asks of the loop that owns the contact.
type Effect string

// The effects.
const (
	TellStage   Effect = "tell stage"   // the page hears where it is
	CountMiss   Effect = "count miss"   // one ready question more without an answer
	LeaveQueue  Effect = "leave queue"  // the place is free; those behind move up
	OpenRoom    Effect = "open room"    // the conversation begins
	TellClosed  Effect = "tell closed"  // the page hears the end and the next step
	ForgetAsker Effect = "forget asker" // whoever asked for a visitor is free for another
)

// Apply is the life of a contact as a pure machine: the state it goes to and
// what must be done. misses counts ready questions without an answer, this
// one not yet. A step that cannot happen in a state is a Conflict and changes
// nothing.
func Apply(s State, step Step, misses int) (State, []Effect, error) {
	switch s {
	case StateArrived:
		if step == StepQueue {
			return StateWaiting, []Effect{TellStage}, nil
		}
	case StateWaiting:
		switch step {
		case StepQueue:
			return StateWaiting, []Effect{TellStage}, nil
		case StepOffer:
			return StateOffered, []Effect{TellStage}, nil
		case StepLate:
			return StateWaiting, []Effect{TellStage}, nil
		case StepFresh:
			return StateReady, []Effect{TellStage}, nil
		case StepLeave, StepLost, StepNobody:
			return StateClosed, []Effect{LeaveQueue, TellClosed}, nil
		}
	case StateOffered:
		switch step {
		case StepQueue:
			return StateOffered, []Effect{TellStage}, nil
		case StepYes:
			return StateReady, []Effect{TellStage}, nil
		case StepSilence:
			if misses >= 1 {
				return StateClosed, []Effect{CountMiss, ForgetAsker, LeaveQueue, TellClosed}, nil
			}
			return StateWaiting, []Effect{CountMiss, ForgetAsker, TellStage}, nil
		case StepWithdraw, StepLate:
			return StateWaiting, []Effect{ForgetAsker, TellStage}, nil
		case StepLeave, StepLost, StepNobody:
			return StateClosed, []Effect{ForgetAsker, LeaveQueue, TellClosed}, nil
		}
	case StateReady:
		switch step {
		case StepQueue, StepYes:
			return StateReady, []Effect{TellStage}, nil
		case StepWithdraw:
			return StateWaiting, []Effect{ForgetAsker, TellStage}, nil
		case StepAccept:
			return StateTalking, []Effect{ForgetAsker, LeaveQueue, OpenRoom}, nil
		case StepLeave, StepLost, StepNobody:
			return StateClosed, []Effect{ForgetAsker, LeaveQueue, TellClosed}, nil
		}
	case StateTalking:
		if step == StepEnd {
			return StateClosed, nil, nil
		}
	}
	return s, nil, helpline.Errorf(helpline.Conflict, "contact: %s cannot happen while %s", step, s)
}
