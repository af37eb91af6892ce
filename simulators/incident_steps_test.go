package simulators

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"regexp"
)

// incidentSteps are steps for the clients of incidents, beside those that
// client.plays knows:
//
//	as NAME     go on in the session of this name, whose token is its own
//	find        look in the vendor's list for the work asked for last: "started"
//	reload      have SailPoint read an account anew: "started" is the id that it answers
//	subtasks    ask GravityZone for the usual task and its subtasks
//	legacy FORM use Check Point's legacy door, with dates "with" a zone or "without"
func incidentSteps() map[string]func(*client, []string) error {
	type session struct{ access, refresh string }
	sessions, playing := map[string]session{}, ""
	return map[string]func(*client, []string) error{
		"as": func(c *client, words []string) error {
			sessions[playing] = session{c.token, c.scroll}
			playing = words[0]
			c.token, c.scroll = sessions[playing].access, sessions[playing].refresh
			return nil
		},
		"find": func(c *client, _ []string) error { return finders[path.Base(c.url)](c) },
		"reload": func(c *client, _ []string) error {
			return c.begun(identityAsk(c, "POST", "/accounts/2c91808474683da6017468693c260195/reload"), `"id":"(\w+)"`)
		},
		"subtasks": func(c *client, _ []string) error {
			return gravityCall(c, "v1.1", "network", "getTaskStatus", fmt.Sprintf(`"taskId":%q,"options":{"returnSubtasks":true}`, c.task))
		},
		"legacy": func(c *client, words []string) error {
			zone := map[string]string{"with": "Z", "without": ""}[words[0]]
			c.dialect = dialect{task: c.task, logIn: smartLogIn(zone), poll: smartPoll(zone)}
			return nil
		},
	}
}

// finders look for work in the list of a vendor that has one of such work, where
// the newest stands last or first.
var finders = map[string]func(*client) error{
	"cisco": func(c *client) error {
		err := fmcAsk(c, "GET", "/job/taskstatuses?filter="+url.QueryEscape("type:Deployment;status:Deploying"), "")
		return c.newest(err, `"id":"(\d+)"`, false)
	},
	"dbvisit": func(c *client) error {
		return c.newest(standbyAsk(c, "/task/list", ""), `"task_id":(\d+)`, true)
	},
	"sailpoint": func(c *client) error {
		return c.newest(identityAsk(c, "GET", "/task-status"), `"id":"(\w+)","type":"QUARTZ"`, false)
	},
}

// newest remembers the newest task of a list, where it stands first or last.
func (c *client) newest(err error, pattern string, first bool) error {
	if err != nil {
		return err
	}
	found := regexp.MustCompile(pattern).FindAllStringSubmatch(c.body, -1)
	if found == nil {
		return fmt.Errorf("the list has no %s: %s", pattern, c.body)
	}
	c.started = found[len(found)-1][1]
	if first {
		c.started = found[0][1]
	}
	return nil
}

// Check Point's legacy door: every call is signed, with its date.

func smartLogIn(zone string) func(*client) error {
	return func(c *client) error {
		err := c.ask("GET", "/v1.0/auth", "", smartHeader(c, "", zone)...)
		if err == nil && c.expected == 0 {
			c.token = c.body
		}
		return err
	}
}

func smartPoll(zone string) func(*client, string, string) error {
	return func(c *client, task, field string) error {
		path := "/v1.0/task/" + task + extraQuery(field)
		return c.ask("GET", path, "", append(smartHeader(c, path, zone), "x-av-token", c.token)...)
	}
}

func smartHeader(c *client, path, zone string) []string {
	date := c.source.Now().Format("2006-01-02T15:04:05.000") + zone
	sum := sha256.Sum256([]byte(base64.StdEncoding.EncodeToString([]byte("1" + c.tenant + date + path + "secret"))))
	return []string{"x-av-req-id", "1", "x-av-app-id", c.tenant, "x-av-date", date, "x-av-sig", hex.EncodeToString(sum[:])}
}
