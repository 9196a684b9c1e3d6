package wire

// part reads an object in a frame: exactly the fields of want, each once. read
// takes the value of a field and gives its bit, 0 for one it does not know.
func (r *reader) part(what string, want int, read func(key string) int) {
	have := 0
	r.object(func(key []byte) {
		bit := read(string(key))
		if r.err == nil && (bit == 0 || have&bit != 0) {
			r.fail(what + ": unknown or repeated field")
		}
		have |= bit
	})
	if r.err == nil && have != want {
		r.fail(what + ": fields missing or too many")
	}
}

func (r *reader) entry(body bool) (e Entry) {
	want := 1<<8 - 1
	if !body {
		want &^= 128
	}
	r.part("entry", want, func(key string) int {
		switch key {
		case "at":
			e.At = r.number()
			return 1
		case "prev":
			e.Prev = r.number()
			return 2
		case "term":
			e.Term = r.small()
			return 4
		case "side":
			e.Side = r.side()
			return 8
		case "id":
			e.ID = r.id()
			return 16
		case "seen":
			e.Seen = r.number()
			return 32
		case "seal":
			e.Seal = Seal(r.id())
			return 64
		case "body":
			e.Body = r.text(MaxBody)
			return 128
		}
		return 0
	})
	return e
}

func (r *reader) side() Side {
	s := r.text(1)
	if s == "v" || s == "c" || s == "l" {
		return Side(s[0])
	}
	r.fail("side")
	return 0
}

func (r *reader) waiter() (x Waiter) {
	r.part("waiter", 1<<6-1, func(key string) int {
		switch key {
		case "contact":
			x.Contact = r.id()
			return 1
		case "door":
			x.Door = r.text(32)
			return 2
		case "locale":
			x.Locale = r.text(16)
			return 4
		case "waited":
			x.Waited = r.small()
			return 8
		case "version":
			x.Version = r.text(16)
			return 16
		case "state":
			x.State = r.text(16)
			return 32
		}
		return 0
	})
	return x
}

func (r *reader) person() (x Person) {
	r.part("person", 1<<4-1, func(key string) int {
		switch key {
		case "alias":
			x.Alias = r.text(200)
			return 1
		case "state":
			x.State = r.text(16)
			return 2
		case "chats":
			x.Chats = r.small()
			return 4
		case "asking":
			x.Asking = r.boolean()
			return 8
		}
		return 0
	})
	return x
}
