package journal

import (
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// draw fills anything with anything: a field that is new is drawn as well.
func draw(t *rapid.T, name string, v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(drawTime(t, name)))
		return
	case []byte:
		if rapid.Bool().Draw(t, name+" is there") {
			v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, name))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.Just(""), rapid.Just("\xff\x00"), rapid.Just(strings.Repeat("long", 50))).Draw(t, name))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, name))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name+" is there") {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, name, v.Elem())
		}
	case reflect.Slice:
		if n := rapid.IntRange(-1, 4).Draw(t, name+" holds"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				draw(t, name, v.Index(i))
			}
		}
	case reflect.Map:
		if n := rapid.IntRange(-1, 4).Draw(t, name+" holds"); n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				draw(t, name+" key", key)
				draw(t, name+" value", value)
				v.SetMapIndex(key, value)
			}
		}
	default:
		t.Fatalf("%s is of a kind that no record has: %s", name, v.Type())
	}
}

// drawTime is an instant in any place, with what time.Now knows of the machine's
// clock left out.
func drawTime(t *rapid.T, name string) time.Time {
	instant := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name))
	return rapid.SampledFrom([]time.Time{{}, instant, instant.UTC(), instant.In(time.FixedZone("CEST", 7200)), time.Unix(math.MinInt64, 0).UTC()}).Draw(t, name)
}

func drawEntry(t *rapid.T) *Entry {
	e := &Entry{}
	draw(t, "Entry", reflect.ValueOf(e).Elem())
	for _, h := range []http.Header{e.Request.Header, e.Reply.Header} {
		said := rapid.SampledFrom([][]string{{}, {e.ID}, {e.ID}, {e.ID, e.ID}, {"another"}, nil}).Draw(t, "said as ID")
		if h != nil && (said == nil || len(said) > 0) {
			h[IDHeader] = slices.Clone(said)
		}
	}
	return e
}

// same tells whether entries are equal in all that a reader can see, also in what is
// nil. Times must agree in how they are written too.
func same(t *rapid.T, got, want *Entry) {
	for _, at := range [][2]*time.Time{{&got.Real, &want.Real}, {&got.At, &want.At}} {
		if !at[0].Equal(*at[1]) || at[0].String() != at[1].String() || at[0].Location().String() != at[1].Location().String() {
			t.Fatalf("%v came back as %v", at[1], at[0])
		}
		*at[0] = *at[1] // a place that is made anew is another pointer
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("came back as\n%+v, not\n%+v", got, want)
	}
}

// Whatever is added comes back, by whichever way, though all that was added is
// changed afterwards.
func TestWhatIsAddedComesBack(t *testing.T) { rapid.Check(t, comesBack) }

func FuzzWhatIsAddedComesBack(f *testing.F) { f.Fuzz(rapid.MakeFuzz(comesBack)) }

func comesBack(t *rapid.T) {
	j := New(NewBudget(1<<20), 100)
	follower, stop := j.Follow()
	defer stop()
	j.Add(plain("before", rapid.IntRange(0, 5000).Draw(t, "before"))) // where blocks end
	e := drawEntry(t)
	want := decode(0, whole(e)) // shares nothing with e
	same(t, want, unnumbered(e))
	j.Add(e)
	if e.Seq != 2 {
		t.Fatalf("Seq %d", e.Seq)
	}
	want.Seq = 2
	spoil(e)
	j.Add(plain("after", 0))
	if e.ID != "before" && e.ID != "after" {
		got, _ := j.Get(want.ID)
		same(t, got, want)
	}
	all, _ := j.Entries(Filter{}, 0)
	same(t, all[1], want)
	_, _, _ = follower.Next(t.Context())
	next, _, err := follower.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, next, want)
}

// An entry of which a part was packed comes back as the entry that it is, though what
// was packed came of another request, and was changed afterwards.
func TestWhatIsPackedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, other := drawEntry(t), drawEntry(t)
		likeOf(other, e)
		packed := Pack(other)
		spoil(other)
		plainly, packedly := New(NewBudget(1<<20), 10), New(NewBudget(1<<20), 10)
		plainly.Add(e)
		packedly.AddPacked(e, packed)
		want, _ := plainly.Get(e.ID)
		got, _ := packedly.Get(e.ID)
		same(t, got, want)
		same(t, got, e)
		h := headOf(e)
		f := Filter{Vendor: h.vendor, Operation: h.operation, Kind: h.kind, Method: h.method, Status: h.status, Refused: h.refused, Control: h.control}
		if found, _ := packedly.Entries(f, 0); len(found) != 1 {
			t.Fatalf("%d entries are found", len(found))
		}
		_, size := plainly.Held()
		if _, n := packedly.Held(); n != size {
			t.Fatalf("%d bytes, plain %d", n, size)
		}
	})
}

// likeOf makes an entry like another in all that a Packed stands for.
func likeOf(other, e *Entry) {
	other.Tenant, other.Vendor, other.Operation, other.Kind, other.Created = e.Tenant, e.Vendor, e.Operation, e.Kind, e.Created
	other.Tasks, other.Unread = slices.Clone(e.Tasks), slices.Clone(e.Unread)
	other.Request.Method, other.Request.Scheme, other.Request.Host = e.Request.Method, e.Request.Scheme, e.Request.Host
	other.Reply.Status, other.Reply.Header = e.Reply.Status, maps.Clone(e.Reply.Header)
	for name, values := range other.Reply.Header {
		other.Reply.Header[name] = slices.Clone(values)
	}
	if slices.Equal(e.Reply.Header[IDHeader], []string{e.ID}) {
		other.Reply.Header[IDHeader] = []string{other.ID}
	}
}

// unnumbered is an entry as it is before it is added.
func unnumbered(e *Entry) *Entry {
	copied := *e
	copied.Seq = 0
	return &copied
}

// whole is an entry's record in one piece.
func whole(e *Entry) string {
	rec := recordOf(e)
	return string(rec.text) + string(rec.request) + rec.reply
}

// spoil changes all that an entry leads to and that can be changed, and keeps its ID.
func spoil(e *Entry) {
	for _, b := range [][]byte{e.Request.Body, bodyOf(e.Control)} {
		for i := range b {
			b[i] ^= 0xff
		}
	}
	for _, h := range []map[string][]string{e.Request.Header, e.Reply.Header} {
		for _, values := range h {
			for i := range values {
				values[i] = "spoilt"
			}
		}
		clear(h)
	}
	clear(e.Tasks)
	clear(e.Limits)
	clear(e.Faults)
	clear(e.FaultsJudged)
	clear(e.Unread)
	if e.Refusal != nil {
		*e.Refusal = Refusal{}
	}
	if e.Control != nil {
		*e.Control = Control{}
	}
	*e = Entry{ID: e.ID}
}

func bodyOf(c *Control) []byte {
	if c == nil {
		return nil
	}
	return c.Body
}

// A full journal is read as it was written, one after the other and one by one,
// however many chunks that takes.
func TestAFullJournalIsRead(t *testing.T) {
	j := full()
	entries, next := j.Entries(Filter{}, 0)
	if n, _ := j.Held(); len(entries) != n || next != 9_000 || n < 2*lookedAt || n == 9_000 {
		t.Fatalf("%d entries of %d, next %d", len(entries), n, next)
	}
	for i, e := range entries {
		want := typical(9_000 - len(entries) + i + 1)
		want.Seq = want.Number
		if !reflect.DeepEqual(e, want) {
			t.Fatalf("entry %d is %+v, want %+v", i, e, want)
		}
		if (len(entries)-i)%lookedAt > 1 { // where one look ends and the next begins
			continue
		}
		if got, ok := j.Get(e.ID); !ok || !reflect.DeepEqual(got, e) {
			t.Fatalf("Get(%q) is %+v", e.ID, got)
		}
	}
	if _, ok := j.Get(typical(1).ID); ok {
		t.Error("what was dropped is there")
	}
	copied := 0
	for _, rec := range j.next(0, 9_000) {
		copied += len(rec.text)
	}
	if copied < chunk || copied > chunk+2*unit {
		t.Errorf("%d bytes were copied at once", copied)
	}
}

// Who adds a value to one name of a header that was read changes no other.
func TestHeadersAreApart(t *testing.T) {
	e := decode(1, whole(typical(1)))
	for name := range e.Request.Header {
		e.Request.Header.Add(name, "more")
	}
	for name, values := range typical(1).Request.Header {
		if got := e.Request.Header[name]; !slices.Equal(got, append(values, "more")) {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// A filter selects records as it selects entries, whatever it asks for.
func TestFiltersOfRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := New(NewBudget(8<<20), 100)
		var all []*Entry
		for range rapid.IntRange(1, 8).Draw(t, "entries") {
			all = append(all, drawEntry(t))
			j.Add(all[len(all)-1])
		}
		// What to ask for is taken from one of them, and sometimes left as it is drawn.
		like := rapid.SampledFrom(all).Draw(t, "like")
		h := headOf(like)
		asked := append([]string{"", like.Asked, like.Created, "none"}, tasksOf(like)...)
		some := func(name, value string) string {
			return rapid.SampledFrom([]string{"", "", value}).Draw(t, name)
		}
		f := Filter{
			Vendor: some("vendor", h.vendor), Operation: some("operation", h.operation), Kind: some("kind", h.kind), Method: some("method", strings.ToLower(h.method)),
			Task: rapid.SampledFrom(asked).Draw(t, "task"), Refused: rapid.Bool().Draw(t, "refused"), Control: rapid.Bool().Draw(t, "control"),
			Status: rapid.SampledFrom([]int{0, 0, h.status}).Draw(t, "status"), After: rapid.Int64Range(0, 8).Draw(t, "after"),
		}
		want := slices.DeleteFunc(all, func(e *Entry) bool { return !f.Matches(e) })
		got, _ := j.Entries(f, 0)
		if len(got) != len(want) {
			t.Fatalf("%d entries, want %d", len(got), len(want))
		}
		for i := range got {
			same(t, got[i], want[i])
		}
	})
}

func tasksOf(e *Entry) (ids []string) {
	for _, t := range e.Tasks {
		ids = append(ids, t.ID)
	}
	return ids
}

// A record that ends too soon, or is none, is read as far as it goes, and no panic.
func FuzzDecode(f *testing.F) {
	control := typical(2)
	control.Control, control.Refusal = &Control{Method: "POST", Path: "/x", Body: []byte("{}"), Status: 200}, &Refusal{Kind: "invalid"}
	for _, e := range []*Entry{{}, typical(1), control} {
		f.Add(whole(e))
	}
	f.Fuzz(func(t *testing.T, text string) {
		headIn(text)
		decode(1, text)
		for n := range text {
			d := decoder{rest: text[:n]}
			d.entry()
			if !d.broken && d.rest == "" {
				again := decoder{rest: text}
				if again.entry(); !again.broken && again.rest == "" {
					t.Fatalf("%q is a record, and so are its first %d bytes", text, n)
				}
			}
		}
	})
}

// Each record is read to its last byte.
func TestRecordsAreReadWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decoder{rest: whole(drawEntry(t))}
		if d.entry(); d.broken || d.rest != "" {
			t.Fatalf("broken: %v, %d bytes are left", d.broken, len(d.rest))
		}
	})
}
