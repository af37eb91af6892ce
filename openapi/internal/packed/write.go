// Package packed keeps a document of Go values as bytes that are quick to read
// and cost no heap until they are: texts are not copied out of them, values that
// several others point to stand there once, and parts are read when somebody asks.
// It must not know what the values mean.
//
// A file is made and read by the same build of the same types: a field is its
// number in its struct. Nothing checks that, nor that the bytes are whole, so it
// is for what a program embeds and a test compares with its source; not for
// anything that comes from outside.
package packed

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
)

// Later is a part of a document that is read when somebody asks.
type Later struct {
	value any // as it is written
	doc   *Document
	at    int
}

// Put is a part to be written.
func Put(v any) Later { return Later{value: v} }

// The header: where the parts of the file end, and where its value stands.
const headerBytes = 16

var (
	laterType = reflect.TypeFor[Later]()
	anyType   = reflect.TypeFor[any]()
)

// The kinds of a value in an interface: those of a JSON document.
const (
	tagNil = iota
	tagFalse
	tagTrue
	tagNumber
	tagText
	tagList
	tagObject
)

// Write makes a file of a value. Pointers to the type shared keep their identity
// and may lead back to themselves; all others are followed, and what they point
// to is written once for each. Fields that are not exported are left out. It
// refuses a value that it cannot hold, such as a channel.
func Write(v any, shared reflect.Type) (data []byte, err error) {
	w := &writer{texts: map[string]int{}, shared: shared, numbers: map[any]int{}}
	root, err := w.part(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	for _, n := range []int{len(w.text), len(w.values), len(w.table), root} {
		data = binary.LittleEndian.AppendUint32(data, uint32(n))
	}
	data = append(append(data, w.text...), w.values...)
	for _, at := range w.table {
		data = binary.LittleEndian.AppendUint32(data, uint32(at))
	}
	return data, nil
}

type writer struct {
	text   []byte
	texts  map[string]int // where each stands
	values []byte

	shared  reflect.Type
	numbers map[any]int // of the shared values, by pointer
	table   []int       // where each stands
}

// part writes a value by itself and tells where.
func (w *writer) part(v reflect.Value) (at int, err error) {
	out, err := w.append(nil, v) // its own parts come first
	at = len(w.values)
	w.values = append(w.values, out...)
	return at, err
}

// sharedValue writes what a pointer leads to, once, and tells its number.
func (w *writer) sharedValue(v reflect.Value) (int, error) {
	if n, ok := w.numbers[v.Interface()]; ok {
		return n, nil
	}
	n := len(w.table)
	w.numbers[v.Interface()] = n
	w.table = append(w.table, 0)
	at, err := w.part(v.Elem())
	w.table[n] = at
	return n, err
}

func (w *writer) appendText(out []byte, s string) []byte {
	at, have := w.texts[s]
	if !have {
		at = len(w.text)
		w.texts[s] = at
		w.text = append(w.text, s...)
	}
	out = binary.AppendUvarint(out, uint64(len(s)))
	if s == "" {
		return out
	}
	return binary.AppendUvarint(out, uint64(at))
}

func appendNumber(out []byte, f float64) []byte {
	return binary.LittleEndian.AppendUint64(out, math.Float64bits(f))
}

func (w *writer) append(out []byte, v reflect.Value) ([]byte, error) {
	if v.Type() == laterType {
		at, err := w.part(reflect.ValueOf(v.Interface().(Later).value))
		return binary.AppendUvarint(out, uint64(at)), err
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(out, 1), nil
		}
		return append(out, 0), nil
	case reflect.Int, reflect.Int64:
		return binary.AppendVarint(out, v.Int()), nil
	case reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(out, v.Uint()), nil
	case reflect.Float64:
		return appendNumber(out, v.Float()), nil
	case reflect.String:
		return w.appendText(out, v.String()), nil
	case reflect.Struct:
		return w.appendStruct(out, v)
	case reflect.Slice:
		return w.appendSlice(out, v)
	case reflect.Map:
		return w.appendMap(out, v)
	case reflect.Pointer:
		switch {
		case v.IsNil():
			return append(out, 0), nil
		case v.Type() == reflect.PointerTo(w.shared):
			n, err := w.sharedValue(v)
			return binary.AppendUvarint(out, uint64(n)+1), err
		}
		return w.append(append(out, 1), v.Elem())
	case reflect.Interface:
		return w.appendJSON(out, v)
	}
	return nil, fmt.Errorf("packed: a value of type %s", v.Type())
}

// appendStruct writes the fields that are set, each after its number.
func (w *writer) appendStruct(out []byte, v reflect.Value) ([]byte, error) {
	var err error
	for i := range v.NumField() {
		if f := v.Type().Field(i); !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		if out, err = w.append(binary.AppendUvarint(out, uint64(i)+1), v.Field(i)); err != nil {
			return nil, fmt.Errorf("%w in %s.%s", err, v.Type(), v.Type().Field(i).Name)
		}
	}
	return append(out, 0), nil
}

func (w *writer) appendSlice(out []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(out, 0), nil
	}
	out = binary.AppendUvarint(out, uint64(v.Len())+1)
	var err error
	for i := range v.Len() {
		if out, err = w.append(out, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// appendMap writes a map in the order of its keys, texts or whole numbers.
func (w *writer) appendMap(out []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(out, 0), nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.CanInt() {
			return cmp.Compare(a.Int(), b.Int())
		}
		return cmp.Compare(a.String(), b.String())
	})
	out = binary.AppendUvarint(out, uint64(len(keys))+1)
	var err error
	for _, key := range keys {
		if out, err = w.append(out, key); err != nil {
			return nil, err
		}
		if out, err = w.append(out, v.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// appendJSON writes what an interface holds: a JSON document.
func (w *writer) appendJSON(out []byte, v reflect.Value) ([]byte, error) {
	if v.Type() != anyType {
		return nil, fmt.Errorf("packed: a value of type %s", v.Type())
	}
	var err error
	switch x := v.Interface().(type) {
	case nil:
		return append(out, tagNil), nil
	case bool:
		if x {
			return append(out, tagTrue), nil
		}
		return append(out, tagFalse), nil
	case float64:
		return appendNumber(append(out, tagNumber), x), nil
	case string:
		return w.appendText(append(out, tagText), x), nil
	case []any:
		out = binary.AppendUvarint(append(out, tagList), uint64(len(x)))
		for i := range x {
			if out, err = w.appendJSON(out, reflect.ValueOf(&x[i]).Elem()); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out = binary.AppendUvarint(append(out, tagObject), uint64(len(x)))
		for _, name := range slices.Sorted(maps.Keys(x)) {
			member := x[name]
			if out, err = w.appendJSON(w.appendText(out, name), reflect.ValueOf(&member).Elem()); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return nil, fmt.Errorf("packed: %T is no value of a JSON document", x)
	}
}
