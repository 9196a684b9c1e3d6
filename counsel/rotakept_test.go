package counsel

import (
	"reflect"
	"testing"

	"helpline/counsel/rota"
)

// Every list of a book that is lent is the reader's own, one that comes to the
// type later too.
func TestABookThatIsLentSharesNoList(t *testing.T) {
	var kept rota.Book
	of := reflect.ValueOf(&kept).Elem()
	for _, f := range of.Fields() {
		if f.Kind() == reflect.Slice {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
	}
	lists := 0
	its := reflect.ValueOf(lent(&kept)).Elem()
	for field, f := range its.Fields() {
		if f.Kind() != reflect.Slice {
			continue
		}
		lists++
		if f.Len() != 1 || f.Pointer() == of.FieldByName(field.Name).Pointer() {
			t.Errorf("the reader's %s is the kept book's", field.Name)
		}
	}
	if lists < 14 {
		t.Errorf("%d lists were seen", lists)
	}
}
