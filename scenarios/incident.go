package scenarios

import "strings"

// Reports are where the public reports of what a scenario makes happen again can
// be read: the links at the head of its file, a line each, before anything but
// comments. A scenario that ships and has some is an incident.
func (l *Library) Reports(name string) []string {
	s := l.sources[name]
	if s == nil {
		return nil
	}
	var links []string
	for line := range strings.Lines(string(s.data)) {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		link, _, _ := strings.Cut(strings.TrimSpace(comment), " ")
		if strings.HasPrefix(link, "https://") {
			links = append(links, link)
		}
	}
	return links
}
