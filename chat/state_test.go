package chat_test

import (
	"slices"
	"testing"

	"helpline"
	"helpline/chat"
)

var (
	states = []chat.State{chat.StateArrived, chat.StateWaiting, chat.StateOffered, chat.StateReady, chat.StateTalking, chat.StateClosed}
	steps  = []chat.Step{
		chat.StepQueue, chat.StepOffer, chat.StepYes, chat.StepLate, chat.StepFresh, chat.StepSilence, chat.StepWithdraw,
		chat.StepAccept, chat.StepLeave, chat.StepLost, chat.StepNobody, chat.StepEnd,
	}
)

// life is every step that can happen to a contact, and nothing else.
var life = []struct {
	from    chat.State
	step    chat.Step
	misses  int
	to      chat.State
	effects []chat.Effect
}{
	{chat.StateArrived, chat.StepQueue, 0, chat.StateWaiting, []chat.Effect{chat.TellStage}},
	{chat.StateWaiting, chat.StepQueue, 0, chat.StateWaiting, []chat.Effect{chat.TellStage}},
	{chat.StateWaiting, chat.StepOffer, 0, chat.StateOffered, []chat.Effect{chat.TellStage}},
	{chat.StateWaiting, chat.StepLate, 0, chat.StateWaiting, []chat.Effect{chat.TellStage}},
	{chat.StateWaiting, chat.StepFresh, 0, chat.StateReady, []chat.Effect{chat.TellStage}},
	{chat.StateWaiting, chat.StepLeave, 0, chat.StateClosed, []chat.Effect{chat.LeaveQueue, chat.TellClosed}},
	{chat.StateWaiting, chat.StepLost, 0, chat.StateClosed, []chat.Effect{chat.LeaveQueue, chat.TellClosed}},
	{chat.StateWaiting, chat.StepNobody, 0, chat.StateClosed, []chat.Effect{chat.LeaveQueue, chat.TellClosed}},
	{chat.StateOffered, chat.StepQueue, 0, chat.StateOffered, []chat.Effect{chat.TellStage}},
	{chat.StateOffered, chat.StepYes, 0, chat.StateReady, []chat.Effect{chat.TellStage}},
	{chat.StateOffered, chat.StepSilence, 0, chat.StateWaiting, []chat.Effect{chat.CountMiss, chat.ForgetAsker, chat.TellStage}},
	{chat.StateOffered, chat.StepSilence, 1, chat.StateClosed, []chat.Effect{chat.CountMiss, chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateOffered, chat.StepWithdraw, 0, chat.StateWaiting, []chat.Effect{chat.ForgetAsker, chat.TellStage}},
	{chat.StateOffered, chat.StepWithdraw, 1, chat.StateWaiting, []chat.Effect{chat.ForgetAsker, chat.TellStage}},
	{chat.StateOffered, chat.StepLate, 0, chat.StateWaiting, []chat.Effect{chat.ForgetAsker, chat.TellStage}},
	{chat.StateOffered, chat.StepLeave, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateOffered, chat.StepLost, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateOffered, chat.StepNobody, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateReady, chat.StepQueue, 0, chat.StateReady, []chat.Effect{chat.TellStage}},
	{chat.StateReady, chat.StepYes, 0, chat.StateReady, []chat.Effect{chat.TellStage}},
	{chat.StateReady, chat.StepWithdraw, 0, chat.StateWaiting, []chat.Effect{chat.ForgetAsker, chat.TellStage}},
	{chat.StateReady, chat.StepAccept, 0, chat.StateTalking, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.OpenRoom}},
	{chat.StateReady, chat.StepLeave, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateReady, chat.StepLost, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateReady, chat.StepNobody, 0, chat.StateClosed, []chat.Effect{chat.ForgetAsker, chat.LeaveQueue, chat.TellClosed}},
	{chat.StateTalking, chat.StepEnd, 0, chat.StateClosed, nil},
}

func TestEveryStepOfAContactsLife(t *testing.T) {
	for _, c := range life {
		to, effects, err := chat.Apply(c.from, c.step, c.misses)
		if err != nil || to != c.to || !slices.Equal(effects, c.effects) {
			t.Errorf("%s while %s after %d misses: %s %q %v, want %s %q", c.step, c.from, c.misses, to, effects, err, c.to, c.effects)
		}
	}
}

func TestEveryOtherStepIsAConflictAndChangesNothing(t *testing.T) {
	refused := 0
	for _, from := range states {
		for _, step := range steps {
			legal := false
			for _, c := range life {
				legal = legal || (c.from == from && c.step == step)
			}
			if legal {
				continue
			}
			refused++
			to, effects, err := chat.Apply(from, step, 0)
			if to != from || len(effects) > 0 || helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("%s while %s: %s %q %v, want a conflict that changes nothing", step, from, to, effects, err)
			}
		}
	}
	if refused == 0 {
		t.Error("no step is refused anywhere")
	}
}

func TestAClosedContactNeverStandsUpAgain(t *testing.T) {
	for _, step := range steps {
		for misses := range 3 {
			if to, _, err := chat.Apply(chat.StateClosed, step, misses); to != chat.StateClosed || err == nil {
				t.Errorf("%s takes a closed contact to %s", step, to)
			}
		}
	}
}

func TestWhoeverLeavesTheQueueLeavesNothingBehind(t *testing.T) {
	for _, c := range life {
		if c.to != chat.StateClosed || c.from == chat.StateTalking {
			continue
		}
		_, effects, _ := chat.Apply(c.from, c.step, c.misses)
		if !slices.Contains(effects, chat.LeaveQueue) || !slices.Contains(effects, chat.TellClosed) {
			t.Errorf("%s while %s: %q leaves a place taken, or a page without its end", c.step, c.from, effects)
		}
	}
}
