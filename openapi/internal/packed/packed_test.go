package packed

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// node is a value that others share and that may lead back to itself.
type node struct {
	Name   string
	Next   *node
	Others map[string]*node
}

type inner struct {
	Text  string
	Whole int
	Limit *uint64
}

// all has one of everything that a document may hold.
type all struct {
	Yes      bool
	Whole    int
	Sum      uint32
	Number   *float64
	Text     string
	Words    []string
	Inner    inner
	Inners   []inner
	ByName   map[string]inner
	ByNumber map[int]string
	Document any
	Node     *node
	Part     Later
	private  string
}

var shared = reflect.TypeFor[node]()

// file is a document, written and opened again.
func file(t interface{ Fatal(...any) }, v any) *Document {
	data, err := Write(v, shared)
	if err != nil {
		t.Fatal(err)
	}
	return Open(string(data), shared)
}

// A document of JSON, as encoding/json has it.
func document() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just(any(nil)), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }), rapid.Map(rapid.String(), func(s string) any { return s }))
	some := leaf
	for range 2 {
		below := some
		some = rapid.OneOf(leaf,
			rapid.Map(rapid.SliceOfN(below, 0, 4), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.String(), below, 0, 4), func(m map[string]any) any { return m }))
	}
	return some
}

// What is read is what was written, the difference between none and an empty one
// included.
func TestReadGivesWhatWasWritten(t *testing.T) {
	inners := rapid.Custom(func(t *rapid.T) inner {
		return inner{rapid.String().Draw(t, "text"), rapid.Int().Draw(t, "whole"), rapid.Ptr(rapid.Uint64(), true).Draw(t, "limit")}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := all{
			Yes: rapid.Bool().Draw(t, "yes"), Whole: rapid.Int().Draw(t, "whole"), Sum: rapid.Uint32().Draw(t, "sum"),
			Number: rapid.Ptr(rapid.Float64(), true).Draw(t, "number"), Text: rapid.String().Draw(t, "text"),
			Words: rapid.SliceOf(rapid.String()).Draw(t, "words"), Inner: inners.Draw(t, "inner"),
			Inners:   rapid.SliceOfN(inners, 0, 3).Draw(t, "inners"),
			ByName:   rapid.MapOfN(rapid.String(), inners, 0, 3).Draw(t, "by name"),
			ByNumber: rapid.MapOfN(rapid.Int(), rapid.String(), 0, 3).Draw(t, "by number"), Document: document().Draw(t, "document"),
		}
		if rapid.Bool().Draw(t, "none") {
			want.Words, want.Inners, want.ByName = nil, nil, nil
		}
		var got all
		file(t, want).Read(&got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, want %#v", got, want)
		}
	})
}

// A value that many point to, and that leads back to itself, is one value, also
// for parts that are read apart.
func TestSharedValuesStayOne(t *testing.T) {
	a, b := &node{Name: "a"}, &node{Name: "b"}
	a.Next, b.Next = b, a
	a.Others = map[string]*node{"self": a, "b": b}
	d := file(t, struct{ First, Second Later }{Put(a), Put([]*node{b, a, nil})})
	var parts struct{ First, Second Later }
	d.Read(&parts)
	var first *node
	var second []*node
	var wg sync.WaitGroup // parts are read at the same time
	wg.Go(func() { parts.First.Read(&first) })
	wg.Go(func() { parts.Second.Read(&second) })
	wg.Wait()
	switch {
	case first.Name != "a" || first.Next.Name != "b":
		t.Errorf("read %q and %q", first.Name, first.Next.Name)
	case first.Next.Next != first || first.Others["self"] != first || first.Others["b"] != first.Next:
		t.Error("it does not lead back to itself")
	case len(second) != 3 || second[1] != first || second[0] != first.Next || second[2] != nil:
		t.Error("the other part has values of its own")
	}
}

// A text stands in the file once, however often it is used.
func TestTextsStandOnce(t *testing.T) {
	text := strings.Repeat("a long text ", 100)
	once, err := Write([]string{text}, shared)
	if err != nil {
		t.Fatal(err)
	}
	often, err := Write([]string{text, text, text, text}, shared)
	if err != nil {
		t.Fatal(err)
	}
	if more := len(often) - len(once); more > 16 {
		t.Errorf("three more uses take %d bytes", more)
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{make(chan int), "chan int"},
		{all{Document: 1}, "int is no value of a JSON document in packed.all.Document"},
		{all{Document: map[string]any{"a": []any{struct{}{}}}}, "struct {} is no value of a JSON document"},
		{map[string]Later{"part": Put(func() {})}, "func()"},
		{struct{ Err error }{errors.New("x")}, "error"},
	} {
		if _, err := Write(c.v, shared); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %q", c.v, err, c.want)
		}
	}
}

// Fields that are not exported are none of the file's.
func TestPrivateFieldsAreLeftOut(t *testing.T) {
	var got all
	file(t, all{Text: "x", private: "y"}).Read(&got)
	if got.Text != "x" || got.private != "" {
		t.Errorf("got %q and %q", got.Text, got.private)
	}
}
