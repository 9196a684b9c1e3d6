package console

import (
	"testing"

	"helpline/chat/promise"
)

func TestTheDeskNamesThePlaceWhereImagesAreReportedInEveryCountry(t *testing.T) {
	for _, country := range promise.Countries() {
		if l := hotline(country, "nl"); l.Href == "" || l.Label == "" {
			t.Errorf("%s: %+v", country, l)
		}
	}
	if l := hotline("atlantis", "nl"); l.Href != "" {
		t.Errorf("a country without a profile: %+v", l)
	}
}
