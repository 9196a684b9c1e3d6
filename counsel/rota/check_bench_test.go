package rota

import "testing"

func BenchmarkCheckSixWeeksFortyPeople(b *testing.B) {
	book := makeBook(1, 6, 40)
	law, err := ProfileNamed("eu-2003-88")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(Check(book, law)) == 0 {
			b.Fatal("nothing was found in a rota that was filled carelessly")
		}
	}
}

func BenchmarkCouldSomebodyTakeIt(b *testing.B) {
	book := makeBook(1, 6, 40)
	law, err := ProfileNamed("eu-2003-88")
	if err != nil {
		b.Fatal(err)
	}
	c := NewChecker(book, law)
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range book.People {
			c.Could(Assignment{Shift: book.Shifts[60].ID, Person: p.ID, Role: Counsellor})
		}
	}
}
