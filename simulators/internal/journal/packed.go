package journal

import "bytes"

// Packed is the part of a record that is the same each time the same answer is given
// to the same question, made once instead of each time. It stands for these of an
// entry:
//
//	Tenant, Vendor, Operation, Kind, Created, Tasks, Unread
//	Request: Method, Scheme, Host
//	Reply: Status, Header, where IDHeader, if it tells the entry's ID, tells that of each
//
// Nothing compares them with those of the entry that it is added with: whoever does
// that knows that they are the same. It never changes, and shares nothing with the
// entry that it was made of.
type Packed struct{ run []byte }

// Pack makes of an entry what entries like it are added with.
func Pack(e *Entry) *Packed { return &Packed{bytes.Clone(appendRun(nil, e))} }
