package scenarios

import "reflect"

// ParseFault reads one fault, written as YAML or JSON with the keys of an entry
// of faults, and holds it to the rules of the scenario that it shall join (nil:
// to those that need none); file is what positions say. The fault is nil if
// there are errors; it comes with the warnings otherwise, and with what was left
// out filled in. Whether the name is free is not asked, nor whether the task
// exists: both change while a tenant lives.
func ParseFault(file string, data []byte, k Known, s *Scenario) (*Fault, Problems) {
	root, problems := readTree(file, data)
	if root == nil {
		return nil, problems.sorted().capped()
	}
	if root.kind != mapping {
		problems.add(root.at, `a fault must be a mapping with keys such as "name" and "answer", not %s`, root.kind)
		return nil, problems.sorted().capped()
	}
	d := newDecoder()
	f := &Fault{}
	d.decode(root, reflect.ValueOf(f).Elem(), "fault")
	f.fillIn()
	if s == nil {
		s = &Scenario{Vendors: k.Vendors}
	}
	c := &checker{decoder: d, root: root, scenario: s, known: k}
	c.checkFault(nil, f)
	problems = append(problems, d.problems...).sorted()
	if problems.Err() != nil {
		return nil, problems.capped()
	}
	return f, problems.capped()
}
