package main

import "fmt"

var anyTenant = call{
	vendor: "sailpoint", method: "GET", path: "/sailpoint/v2025/task-status/id12345",
	headers: []string{"Authorization: Bearer {pick}", "X-SailPoint-Experimental: true"},
	good:    `"percentComplete":40`,
}

// manyTenants compares the throughput of requests of many tenants, all of them
// active, with that of one. A tenant begins with its first request, which is made
// here before anything counts.
func (o options) manyTenants(t *table) error {
	tell("%s tenants:", count(o.tenants))
	names := []string{"demo"}
	for n := 1; n < o.tenants; n++ {
		names = append(names, fmt.Sprintf("bench~%05d", n))
	}
	limit := fmt.Sprintf("--max-tenants=%d", o.tenants)
	many, err := o.vendorsim("--scenario", "bench", limit)
	if err != nil {
		return err
	}
	defer many.stop()
	one, err := o.vendorsim("--scenario", "bench", limit)
	if err != nil {
		return err
	}
	defer one.stop()
	c, err := dial(many.host)
	if err != nil {
		return err
	}
	defer c.close()
	for _, name := range names {
		if _, err := c.ask(anyTenant.with("{pick}", name)); err != nil {
			return err
		}
	}
	rates, err := o.contest(anyTenant, []contender{{process: one, lines: names[1:2]}, {process: many, lines: names}})
	if err != nil {
		return err
	}
	resident, _, err := many.memory()
	if err != nil {
		return err
	}
	ratio := rates[1].over(rates[0])
	t.begin("tenants, requests/s", "of them all", "of one tenant", "ratio", "bar")
	t.row(count(len(names))+" active", count(rates[1].median()), count(rates[0].median()), ratio.spread("%.2f"), atLeast(ratio.median(), 0.9, "0.9"))
	t.remark("Resident with %s tenants, after that load: %s.", count(len(names)), megabytes(resident))
	return nil
}
