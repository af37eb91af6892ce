package packed

import (
	"encoding/binary"
	"math"
	"reflect"
	"sync"
)

// Document is a file that Write made. Many may read it at once.
type Document struct {
	text, values, table string
	root                int
	shared              reflect.Type

	mu   sync.Mutex
	read map[int]reflect.Value // the shared values that were read, by number
}

// Open is the document in a file. shared is what it was written with.
func Open(file string, shared reflect.Type) *Document {
	number := func(i int) int { return int(binary.LittleEndian.Uint32([]byte(file[4*i : 4*i+4]))) }
	text := headerBytes + number(0)
	values := text + number(1)
	return &Document{
		text: file[headerBytes:text], values: file[text:values], table: file[values : values+4*number(2)],
		root: number(3), shared: shared, read: map[int]reflect.Value{},
	}
}

// Read reads the document's value into what a pointer leads to, but for its parts
// that are for later.
func (d *Document) Read(into any) { d.readAt(d.root, into) }

// Read reads a part into what a pointer leads to. Values that several parts share
// are the same ones in each.
func (l Later) Read(into any) { l.doc.readAt(l.at, into) }

func (d *Document) readAt(at int, into any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := reader{doc: d, at: at}
	r.value(reflect.ValueOf(into).Elem())
}

type reader struct {
	doc *Document
	at  int
}

func (r *reader) byte() byte {
	b := r.doc.values[r.at]
	r.at++
	return b
}

func (r *reader) uvarint() int {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return int(n)
		}
	}
}

func (r *reader) varint() int64 {
	n := uint64(r.uvarint())
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) number() float64 {
	var bits uint64
	for i := range 8 {
		bits |= uint64(r.byte()) << (8 * i)
	}
	return math.Float64frombits(bits)
}

func (r *reader) string() string {
	n := r.uvarint()
	if n == 0 {
		return ""
	}
	at := r.uvarint()
	return r.doc.text[at : at+n]
}

func (r *reader) value(v reflect.Value) {
	if v.Type() == laterType {
		v.Set(reflect.ValueOf(Later{doc: r.doc, at: r.uvarint()}))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.byte() == 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.varint())
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(r.uvarint()))
	case reflect.Float64:
		v.SetFloat(r.number())
	case reflect.String:
		v.SetString(r.string())
	case reflect.Struct:
		for field := r.uvarint(); field > 0; field = r.uvarint() {
			r.value(v.Field(field - 1))
		}
	case reflect.Slice:
		r.slice(v)
	case reflect.Map:
		r.mapping(v)
	case reflect.Pointer:
		r.pointer(v)
	case reflect.Interface:
		if x := r.json(); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	}
}

func (r *reader) slice(v reflect.Value) {
	n := r.uvarint() - 1
	if n < 0 {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		r.value(v.Index(i))
	}
}

func (r *reader) mapping(v reflect.Value) {
	n := r.uvarint() - 1
	if n < 0 {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for range n {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		r.value(key)
		r.value(value)
		v.SetMapIndex(key, value)
	}
}

func (r *reader) pointer(v reflect.Value) {
	n := r.uvarint()
	switch {
	case n == 0:
	case v.Type() == reflect.PointerTo(r.doc.shared):
		v.Set(r.doc.sharedValue(n - 1))
	default:
		p := reflect.New(v.Type().Elem())
		r.value(p.Elem())
		v.Set(p)
	}
}

// sharedValue is a pointer to the shared value of a number. It is known before it
// is read: what it holds may lead back to it.
func (d *Document) sharedValue(n int) reflect.Value {
	if p, ok := d.read[n]; ok {
		return p
	}
	p := reflect.New(d.shared)
	d.read[n] = p
	r := reader{doc: d, at: int(binary.LittleEndian.Uint32([]byte(d.table[4*n : 4*n+4])))}
	r.value(p.Elem())
	return p
}

// json is what an interface holds.
func (r *reader) json() any {
	switch r.byte() {
	case tagFalse:
		return false
	case tagTrue:
		return true
	case tagNumber:
		return r.number()
	case tagText:
		return r.string()
	case tagList:
		list := make([]any, r.uvarint())
		for i := range list {
			list[i] = r.json()
		}
		return list
	case tagObject:
		n := r.uvarint()
		object := make(map[string]any, n)
		for range n {
			name := r.string()
			object[name] = r.json()
		}
		return object
	}
	return nil
}
