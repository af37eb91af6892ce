package simulators

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
)

// dialect is how the clients of one vendor say what the scripts of the tests
// are made of. What is nil the vendor does not have.
type dialect struct {
	task    string // the usual one
	logIn   func(*client) error
	refresh func(*client) error
	poll    func(c *client, task, field string) error // with a field that the vendor does not know
	start   func(c *client, work string) error
	page    func(c *client, n int) error // of a list with two pages
}

var dialects = map[string]dialect{
	"bitdefender": {task: "65f46d08c6d2865b32048ba3", poll: gravityPoll, start: gravityStart, page: gravityPage},
	"checkpoint":  {task: "1628077538799978", logIn: harmonyLogIn, poll: harmonyPoll, start: harmonyStart, page: harmonyPage},
	"cisco":       {task: "133143986189", logIn: fmcLogIn, refresh: fmcRefresh, poll: fmcPoll, start: fmcStart, page: fmcPage},
	"dbvisit":     {task: "1", logIn: standbyLogIn, poll: standbyPoll, start: standbyStart},
	"sailpoint":   {task: "id12345", logIn: identityLogIn, poll: identityPoll, start: identityStart, page: identityPage},
}

// found is what a pattern has in brackets, of the last answer's body.
func (c *client) found(pattern string) (string, error) {
	m := regexp.MustCompile(pattern).FindStringSubmatch(c.body)
	if m == nil {
		return "", fmt.Errorf("the answer has no %s: %s", pattern, c.body)
	}
	return m[1], nil
}

// begun remembers the task that an answer tells of, unless it was refused.
func (c *client) begun(err error, pattern string) error {
	if err != nil || c.expected != 0 {
		return err
	}
	c.started, err = c.found(pattern)
	return err
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// extra is a member of a JSON object that the vendor does not know, or nothing.
func extra(field string) string {
	if field == "" {
		return ""
	}
	return fmt.Sprintf(`,%q:"red"`, field)
}

// extraQuery is the same as a query.
func extraQuery(field string) string {
	if field == "" {
		return ""
	}
	return "?" + url.QueryEscape(field) + "=red"
}

// Bitdefender GravityZone: JSON-RPC, with a key and no log-in.

func gravityCall(c *client, version, service, method, params string) error {
	return c.ask("POST", "/api/"+version+"/jsonrpc/"+service,
		fmt.Sprintf(`{"id":"1","jsonrpc":"2.0","method":%q,"params":{%s}}`, method, params), "Authorization", basic(c.tenant, ""))
}

func gravityPoll(c *client, task, field string) error {
	return gravityCall(c, "v1.1", "network", "getTaskStatus", fmt.Sprintf(`"taskId":%q`, task)+extra(field))
}

// gravityStart isolates one endpoint or another.
func gravityStart(c *client, work string) error {
	endpoint := map[string]string{"one": "6514b328b33f6ce9692207f9", "two": "65f36634db73011a3afb8aea"}[work]
	return c.begun(gravityCall(c, "v1.1", "incidents", "createIsolateEndpointTask", fmt.Sprintf(`"endpointId":%q`, endpoint)), `"result":\["(\w+)"`)
}

// gravityPage reads the two hundred endpoints.
func gravityPage(c *client, n int) error {
	return gravityCall(c, "v1.0", "network", "getEndpointsList", fmt.Sprintf(`"perPage":100,"page":%d`, n))
}

// Check Point Harmony: a token for half an hour.

func harmonyLogIn(c *client) error {
	err := c.ask("POST", "/auth/external", fmt.Sprintf(`{"clientId":%q,"accessKey":"secret"}`, c.tenant))
	if err != nil || c.expected != 0 {
		return err
	}
	c.token, err = c.found(`"token":"([^"]+)"`)
	return err
}

func harmonyAsk(c *client, method, path, body string) error {
	return c.ask(method, "/app/hec-api/v1.0"+path, body, "Authorization", "Bearer "+c.credential(), "x-av-req-id", "1")
}

func harmonyPoll(c *client, task, field string) error {
	return harmonyAsk(c, "GET", "/task/"+task+extraQuery(field), "")
}

// harmonyStart puts one e-mail or another into quarantine.
func harmonyStart(c *client, work string) error {
	mail := map[string]string{"one": "27528770197618d1da3d97ef7992e3f1", "two": "28ba86c1aaba651c4d87a63bd29e91b6"}[work]
	return c.begun(harmonyAsk(c, "POST", "/action/entity", fmt.Sprintf(
		`{"requestData":{"entityIds":[%q],"entityType":"office365_emails_email","entityActionName":"quarantine"}}`, mail)), `"taskId":"?(\d+)`)
}

// harmonyPage reads the four e-mails of an hour.
func harmonyPage(c *client, n int) error {
	if n == 1 {
		c.scroll = ""
	}
	err := harmonyAsk(c, "POST", "/search/query", fmt.Sprintf(
		`{"requestData":{"entityFilter":{"saas":"office365_emails","startDate":"2026-01-08T10:30:00.000Z","endDate":"2026-01-08T11:30:00"},"pageSize":2,"scrollId":%q}}`, c.scroll))
	if err == nil {
		c.scroll, err = c.found(`"scrollId":"(\w+)"`)
	}
	return err
}

// Cisco FMC: a token for half an hour, and another for it.

const fmcDomain = "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f"

func fmcLogIn(c *client) error {
	return fmcTake(c, c.ask("POST", "/api/fmc_platform/v1/auth/generatetoken", "", "Authorization", basic(c.tenant, "secret")))
}

func fmcRefresh(c *client) error {
	return fmcTake(c, c.ask("POST", "/api/fmc_platform/v1/auth/refreshtoken", "", "X-auth-access-token", c.token, "X-auth-refresh-token", c.scroll))
}

func fmcTake(c *client, err error) error {
	if err == nil {
		c.token, c.scroll = c.answer.Header.Get("X-auth-access-token"), c.answer.Header.Get("X-auth-refresh-token")
	}
	return err
}

func fmcAsk(c *client, method, path, body string) error {
	return c.ask(method, fmcDomain+path, body, "X-auth-access-token", c.credential())
}

func fmcPoll(c *client, task, field string) error {
	return fmcAsk(c, "GET", "/job/taskstatuses/"+task+extraQuery(field), "")
}

// fmcStart deploys to one device or another.
func fmcStart(c *client, work string) error {
	device := map[string]string{"one": "d94f7ada-d141-11e5-acf3-c41f7e67fb1b", "two": "329b7b07-771c-4da9-b4e9-1896261baf52"}[work]
	return c.begun(fmcAsk(c, "POST", "/deployment/deploymentrequests", fmt.Sprintf(
		`{"type":"DeploymentRequest","version":"1","forceDeploy":true,"deviceList":[%q]}`, device)), `"task":\{"id":"(\d+)"`)
}

// fmcPage reads the twenty devices that may be deployed to.
func fmcPage(c *client, n int) error {
	return fmcAsk(c, "GET", fmt.Sprintf("/deployment/deployabledevices?limit=10&offset=%d", (n-1)*10), "")
}

// Dbvisit StandbyMP: a cookie for thirty days, and no pages.

func standbyLogIn(c *client) error {
	err := c.ask("POST", "/api/login", fmt.Sprintf(`{"UserName":%q,"Password":"secret"}`, c.tenant))
	if err != nil {
		return err
	}
	for _, cookie := range c.answer.Cookies() {
		c.token = cookie.Value
	}
	return nil
}

func standbyAsk(c *client, path, params string) error {
	header := []string{"Authorization", basic(c.tenant, "secret")}
	if c.token != "" {
		header = []string{"Cookie", "dbvisit-standby=" + c.token}
	}
	return c.ask("POST", path, `{"params":{`+params+`}}`, header...)
}

func standbyPoll(c *client, task, field string) error {
	return standbyAsk(c, "/task/show", `"task_id":`+task+extra(field))
}

// standbyStart switches one pair of databases over or another.
func standbyStart(c *client, work string) error {
	pair := map[string]string{"one": "2", "two": "5"}[work]
	return c.begun(standbyAsk(c, "/switchover/postgresql", `"configuration_id":`+pair), `"task_id":(\d+)`)
}

// SailPoint Identity Security Cloud: a token for 749 seconds.

func identityLogIn(c *client) error {
	err := c.ask("POST", "/oauth/token?grant_type=client_credentials&client_secret=secret&client_id="+url.QueryEscape(c.tenant), "")
	if err != nil || c.expected != 0 {
		return err
	}
	c.token, err = c.found(`"access_token":"([^"]+)"`)
	return err
}

func identityAsk(c *client, method, path string) error {
	return c.ask(method, "/v2025"+path, "", "Authorization", "Bearer "+c.credential(), "X-SailPoint-Experimental", "true")
}

func identityPoll(c *client, task, field string) error {
	return identityAsk(c, "GET", "/task-status/"+task+extraQuery(field))
}

// identityStart aggregates the accounts of one source or another.
func identityStart(c *client, work string) error {
	source := map[string]string{"one": "c6dc37bf508149b28ce5b7d90ca4bbf9", "two": "6fc5e6e72d8df681633a426b63d9aeb1"}[work]
	return c.begun(identityAsk(c, "POST", "/sources/"+source+"/load-accounts"), `"task":\{"id":"(\w+)"`)
}

// identityPage reads the four tasks of the scenario.
func identityPage(c *client, n int) error {
	return identityAsk(c, "GET", fmt.Sprintf("/task-status?limit=2&offset=%d", (n-1)*2))
}
