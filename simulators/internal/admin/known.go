package admin

import (
	"cmp"
	"slices"
	"strings"
)

// byLikeness are words, those most like a word first.
func byLikeness(word string, known []string) []string {
	return sortedBy(known, func(k string) float64 { return similarity(word, k) })
}

// nearestOf are the three words most like a word.
func nearestOf(word string, known []string) string {
	near := byLikeness(word, known)
	return strings.Join(near[:min(3, len(near))], ", ")
}

// nearestPaths are the three paths of the spec that are most like a path.
func (h *handler) nearestPaths(path string) []string {
	return sortedBy(h.paths, func(k string) float64 { return likeness(k, path) })[:min(3, len(h.paths))]
}

// sortedBy are words by their score, best first, and those alike by name.
func sortedBy(words []string, score func(string) float64) []string {
	scores := map[string]float64{}
	for _, w := range words {
		scores[w] = score(w)
	}
	out := slices.Clone(words)
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), strings.Compare(a, b)) })
	return out
}
