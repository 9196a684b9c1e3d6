package store_test

import (
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

func TestHoursOfALineGoOnlyWithTheirRotaOrToAPublishedOne(t *testing.T) {
	p := plan(t, rota.Elsewhere)
	managed := p.rota
	managed.Way = rota.Managed
	if _, err := p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Rota: &managed}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("the line has no hours any more: %v", err)
	}
	named := p.rota
	named.Name = "Hours"
	p.edit(counsel.RotaEdit{Rota: &named})
	p.publish(p.draft(7).ID)
	p.edit(counsel.RotaEdit{Rota: &managed})
	if got := p.rotas.List()[0]; got.Way != rota.Managed {
		t.Errorf("%+v", got)
	}
}
