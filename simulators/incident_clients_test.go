package simulators

// incidents are, for each scenario that ships and judges: a client that walks
// into what once went wrong, the sentences that say so, and a client that knows
// better. What the words of the scripts mean stands at client.plays and at
// incidentSteps.
var incidents = []struct {
	scenario, vendor    string
	bad, failures, good string
}{
	// The bad one hammers at a vendor that is down; another leaves, and never comes
	// back.
	{"brownout", "bitdefender",
		"poll; wait 6s; poll -> 503; poll -> 503; wait 40s; poll",
		"1 request came before a wait was over, the worst at bitdefender.getTaskStatus, 2.152s too soon after it was told 4s",
		"poll; wait 6s; poll -> 503; wait 20s; poll; wait 20s; poll"},
	{"brownout", "checkpoint",
		"log in; poll; wait 6s; poll -> 503; poll -> 503; wait 40s; poll",
		"1 request came before a wait was over, the worst at checkpoint.getTask, 3.231s too soon after it was told 4s",
		"log in; poll; wait 6s; poll -> 503; wait 20s; poll; wait 20s; poll"},
	{"brownout", "cisco",
		"log in; poll; wait 6s; poll -> 504; poll -> 504; wait 40s; poll",
		"1 request came before a wait was over, the worst at cisco.getTaskStatus, 3.469s too soon after it was told 4s",
		"log in; poll; wait 6s; poll -> 504; wait 20s; poll; wait 20s; poll"},
	{"brownout", "dbvisit",
		"poll; wait 6s; poll -> 503; wait 40s",
		"1 of 1 call told to wait came to nothing; the first, dbvisit.taskShow (task 1), told 4s, was not made again\n" +
			"1 task ended unseen: dbvisit task 1 ended at 2026-01-15T09:00:35Z, and no answer showed it",
		"poll; wait 6s; poll -> 503; wait 20s; poll; wait 20s; poll"},
	{"brownout", "sailpoint",
		"log in; poll; wait 6s; poll -> 503; poll -> 503; wait 40s; poll",
		"1 request came before a wait was over, the worst at sailpoint.getTaskStatus, 3.069s too soon after it was told 4s",
		"log in; poll; wait 6s; poll -> 503; obey; poll -> 503; obey; poll; wait 20s; poll"},

	// The bad one sends again what was done already.
	{"lost-reply", "bitdefender",
		"start one -> lost; start one",
		"1 of 2 submissions asked again for work under way, the soonest at bitdefender.createIsolateEndpointTask, 0s after it had created task 6968ac90ab79407fc7235eb2",
		"start one -> lost; page 1"},
	{"lost-reply", "checkpoint",
		"log in; start one -> lost; start one",
		"1 of 2 submissions asked again for work under way, the soonest at checkpoint.actionEntity, 0s after it had created task 1768467600000000",
		"log in; start one -> lost; page 1"},
	{"lost-reply", "cisco",
		"log in; start one -> lost; wait 1s; start one -> 429",
		"1 of 2 submissions asked again for work under way, the soonest at cisco.createDeploymentRequest, 1s after it had created task 561287709487",
		"log in; start one -> lost; find; poll started"},
	{"lost-reply", "dbvisit",
		"start one -> lost; start one",
		"1 of 2 submissions asked again for work under way, the soonest at dbvisit.switchoverPostgresql, 0s after it had created task 2",
		"start one -> lost; find; poll started"},
	{"lost-reply", "sailpoint",
		"log in; start one -> lost; start one",
		"1 of 2 submissions asked again for work under way, the soonest at sailpoint.importAccounts, 0s after it had created task 8bb222be0f6f5e8862b70a11d0a96a21",
		"log in; start one -> lost; find; poll started"},

	// The bad one learns from a 401 that its token is over.
	{"token-expiry", "checkpoint",
		"log in; poll; wait 1m; poll -> 401; log in; poll; wait 2m; log in; poll",
		"1 call used a token after its end, the worst at checkpoint.getTask",
		"log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll"},
	{"token-expiry", "cisco",
		"log in; poll; wait 1m; poll -> 401; log in; poll; wait 2m; log in; poll",
		"1 call used a token after its end, the worst at cisco.getTaskStatus",
		"log in; poll; wait 50s; refresh; poll; wait 50s; refresh; poll; wait 50s; refresh; poll; wait 50s; log in; poll"},
	{"token-expiry", "dbvisit",
		"log in; poll; wait 1m; poll -> 401; log in; poll; wait 2m; log in; poll",
		"1 call used a token after its end, the worst at dbvisit.taskShow",
		"log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll"},
	{"token-expiry", "sailpoint",
		"log in; poll; wait 1m; poll -> 401; log in; poll; wait 2m; log in; poll",
		"1 call used a token after its end, the worst at sailpoint.getTaskStatus",
		"log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll; wait 50s; log in; poll"},

	// The bad one waits out the 429s, and its token with them.
	{"incident/fmc-token-in-429", "cisco",
		"log in; poll; wait 28m; poll -> 429; wait 1m; poll -> 429; wait 1m; poll -> 401",
		"1 call used a token after its end, the worst at cisco.getTaskStatus",
		"log in; poll; wait 28m; poll -> 429; wait 1m; refresh; poll -> 429; wait 3m; poll; wait 10m; poll"},

	// The bad one deploys again. The FMC is still at it, and refuses; the 429 does
	// not make the second request right.
	{"incident/fmc-500-though-done", "cisco",
		"log in; start one -> 500; wait 1s; start one -> 429; wait 15s",
		"1 of 2 submissions asked again for work under way, the soonest at cisco.createDeploymentRequest, 1s after it had created task 561287709487\n" +
			"1 task ended unseen: cisco task 561287709487 ended at 2026-01-15T09:00:09Z, and no answer showed it",
		"log in; start one -> 500; wait 1s; find; poll started; wait 15s; poll started"},

	// The bad one dies of the 401; another insists with a token that is over.
	{"incident/fmc-aged-session", "cisco",
		"log in; poll; wait 10m; poll -> 429; wait 1m; poll; wait 20m; poll -> 401; wait 20m",
		"1 task ended unseen: cisco task 133143986189 ended at 2026-01-15T09:45:00Z, and no answer showed it",
		"log in; poll; wait 10m; poll -> 429; wait 1m; poll; wait 20m; poll -> 401; log in; poll; wait 20m; poll"},
	{"incident/fmc-aged-session", "cisco",
		"log in; poll; wait 31m; poll -> 401; poll -> 401; poll -> 401; poll -> 401; log in; wait 15m; poll",
		"cisco task 133143986189: 4 polls failed, 2 more than allowed",
		"log in; poll; wait 29m; refresh; wait 20m; poll"},

	// The bad ones, a and b, log each other out; the good ones share a session.
	{"incident/fmc-second-login", "cisco",
		"as a; log in; poll; as b; log in; poll; as a; poll -> 401; log in; poll; as b; poll -> 401; log in; poll; wait 15s; poll",
		"cisco: 4 calls, 2 more than allowed\ncisco task 133143986189: 2 polls failed, 2 more than allowed",
		"log in; poll; wait 1s; poll; wait 15s; poll"},

	// The bad one replaces its token a second before the end; another never.
	{"incident/checkpoint-401-at-30m", "checkpoint",
		"log in; poll; wait 29m59s; poll; log in; poll; wait 12m; poll",
		"1 call used a token in the last 30s before its end, the nearest at checkpoint.getTask, 1s before it",
		"log in; poll; wait 29m; log in; poll; wait 12m; poll"},
	{"incident/checkpoint-401-at-30m", "checkpoint",
		"log in; poll; wait 30m; poll -> 401; wait 10m; poll -> 401",
		"2 calls used a token after its end, the worst at checkpoint.getTask, 10m after it\n" +
			"1 task ended unseen: checkpoint task 1628077538799978 ended at 2026-01-15T09:40:00Z, and no answer showed it",
		"log in; poll; wait 29m30s; poll; log in; poll; wait 12m; poll"},

	// The bad one writes its date as the page does.
	{"incident/hec-date-with-zone", "checkpoint",
		"legacy with; log in -> 500",
		"checkpoint: 1 call failed, 1 more than allowed",
		"legacy without; log in; poll"},
	{"incident/hec-date-with-zone", "checkpoint",
		"legacy without; log in; legacy with; poll -> 500",
		"checkpoint task 1628077538799978: 1 poll failed, 1 more than allowed",
		"legacy without; log in; poll"},

	// The bad one waits for ten seconds, whatever it is told; another stops.
	{"incident/sailpoint-every-second-429", "sailpoint",
		"log in; poll -> 429; wait 10s; poll; wait 10s; poll -> 429",
		"1 request came before a wait was over, the worst at sailpoint.getTaskStatus, 7s too soon after it was told 17s",
		"log in; poll -> 429; obey; poll; wait 30s; poll -> 429; obey; poll; wait 30s; poll -> 429; obey; poll"},
	{"incident/sailpoint-every-second-429", "sailpoint",
		"log in; poll -> 429; wait 2m",
		"1 of 1 call told to wait came to nothing; the first, sailpoint.getTaskStatus (task id12345), told 17s, was not made again\n" +
			"1 task ended unseen: sailpoint task id12345 ended at 2026-01-15T09:01:30Z, and no answer showed it",
		"log in; poll -> 429; wait 18s; poll; wait 80s; poll -> 429; wait 18s; poll"},

	// The bad one takes a refused log-in for the end.
	{"incident/sailpoint-token-429", "sailpoint",
		"log in -> 429; wait 10s",
		"1 of 1 call told to wait came to nothing; the first, sailpoint.getToken, told 7s, was not made again",
		"log in -> 429; obey; log in -> 429; obey; log in; poll"},

	// The bad one polls an id that task-status does not know.
	{"incident/sailpoint-reload-404", "sailpoint",
		"log in; reload; poll started -> 404",
		"sailpoint task b97b6688d08df59527eb47bed49caef8: 1 poll failed, 1 more than allowed",
		"log in; reload; start one; poll started"},

	// The bad one cannot read the 401, and stops; another goes on with its token.
	{"incident/sailpoint-401-body", "sailpoint",
		"log in; poll; wait 5m; poll -> 401; wait 8m",
		"1 task ended unseen: sailpoint task id12345 ended at 2026-01-15T09:12:00Z, and no answer showed it",
		"log in; poll; wait 5m; poll -> 401; log in; poll; wait 5m; poll -> 401; log in; wait 3m; poll"},
	{"incident/sailpoint-401-body", "sailpoint",
		"log in; poll; wait 5m; poll -> 401; wait 1m; poll -> 401; wait 1m; poll -> 401; wait 1m; poll -> 401; wait 1m; poll -> 401",
		"sailpoint task id12345: 5 polls failed, 1 more than allowed",
		"log in; poll; wait 4m; log in; poll; wait 4m; log in; poll; wait 4m; poll"},

	// The bad one believes the task's own status.
	{"incident/gravityzone-parent-3-child-2", "bitdefender",
		"poll; wait 7s; poll",
		"bitdefender task 65f46d08c6d2865b32048ba3: no call sent params.options.returnSubtasks=true",
		"poll; wait 7s; subtasks"},

	// The bad one dies of the page; another makes nothing of "60, 60", and asks on.
	{"incident/gravityzone-429-html", "bitdefender",
		"poll; wait 10s; poll -> 429; wait 120s",
		"1 of 1 call told to wait came to nothing; the first, bitdefender.getTaskStatus (task 65f46d08c6d2865b32048ba3), told 60s, was not made again\n" +
			"1 task ended unseen: bitdefender task 65f46d08c6d2865b32048ba3 ended at 2026-01-15T09:02:00Z, and no answer showed it",
		"poll; wait 10s; poll -> 429; obey; poll; wait 60s; poll"},
	{"incident/gravityzone-429-html", "bitdefender",
		"poll; wait 10s; poll -> 429; wait 1s; poll; wait 120s; poll",
		"1 request came before a wait was over, the worst at bitdefender.getTaskStatus, 59s too soon after it was told 60s",
		"poll; wait 10s; poll -> 429; wait 61s; poll; wait 60s; poll"},
}

// incidentAnswers are the answers that the bad clients above stumble over: a
// piece of the body and what a client joins of Retry-After.
var incidentAnswers = []struct {
	scenario, vendor, script      string
	body, contentType, retryAfter string
}{
	{"incident/fmc-token-in-429", "cisco", "log in; wait 30m; poll -> 401",
		`"description":"Access token invalid"`, "application/json", ""},
	{"incident/fmc-token-in-429", "cisco", "log in; wait 28m; poll -> 429",
		`"description":"Too many requests."`, "application/json", ""},
	{"incident/fmc-500-though-done", "cisco", "log in; start one -> 500",
		`{"error":{"category":"OTHER","messages":[{}],"severity":"ERROR"}}`, "application/json", ""},
	{"incident/fmc-second-login", "cisco", "as a; log in; as b; log in; as a; poll -> 401",
		`"description":"Access token invalid"`, "application/json", ""},
	{"incident/checkpoint-401-at-30m", "checkpoint", "log in; wait 30m; poll -> 401",
		`{"success":false,"message":"Authentication required","forceLogout":true}`, "application/json", ""},
	{"incident/sailpoint-every-second-429", "sailpoint", "log in; poll -> 429",
		`{"message":" Rate Limit Exceeded "}`, "application/json", "17"},
	{"incident/sailpoint-token-429", "sailpoint", "log in -> 429",
		`{"message":" Rate Limit Exceeded "}`, "application/json", "7"},
	{"incident/sailpoint-401-body", "sailpoint", "log in; wait 5m; poll -> 401",
		`{"error":"JWT validation failed: JWT is expired"}`, "application/json", ""},
	{"incident/gravityzone-parent-3-child-2", "bitdefender", "subtasks",
		`"status":0}`, "application/json", ""},
	{"incident/gravityzone-parent-3-child-2", "bitdefender", "wait 6s; poll",
		`"status":3,`, "application/json", ""},
	{"incident/gravityzone-parent-3-child-2", "bitdefender", "wait 6s; subtasks",
		`"status":2,"endDate":"2026-01-15T11:00:06","errorCode":"1","errorMessage":"Endpoint client has lost connection"}`, "application/json", ""},
	{"incident/gravityzone-429-html", "bitdefender", "poll; poll -> 429",
		`<center>nginx</center>`, "text/html", "60, 60"},
}
