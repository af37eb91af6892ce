package dbvisit

import (
	"slices"
	"testing"

	"github.com/vendorsim/vendorsim/fixtures"
)

// The customer's own configurations keep their ids where they are numbers; no
// two have the same.
func TestOwnConfigurationsKeepTheirIDs(t *testing.T) {
	own := func(ids ...string) *fixtures.Own {
		o := &fixtures.Own{}
		for _, id := range ids {
			o.Configurations = append(o.Configurations, fixtures.Configuration{ID: id, Name: "DB" + id})
		}
		return o
	}
	for _, c := range []struct {
		name string
		own  *fixtures.Own
		want []int64 // as many as are asked for
	}{
		{"none", nil, []int64{1, 2, 3, 4}},
		{"numbers", own("70", "2"), []int64{70, 2, 3, 4}},
		{"the number of a later place", own("3"), []int64{3, 2, 4, 5}},
		{"no numbers", own("erp", "0", "-1"), []int64{1, 2, 3, 4}},
		{"one number in two notations", own("7", "07"), []int64{7, 2, 3, 4, 5, 6, 8}},
	} {
		var got []int64
		for _, d := range numbered(fixtures.New(1, c.own), len(c.want)) {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
