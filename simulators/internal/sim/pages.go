package sim

import (
	"net/http"
	"strconv"
)

// pageTitles are what nginx calls a status where it is not the standard's text.
var pageTitles = map[int]string{
	http.StatusServiceUnavailable: "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:     "Gateway Time-out",
}

// StockPage is the error page of the most common front ends with a status: that
// of nginx, and without a server's name that of the load balancers that took it
// over. It is "" for a status of which they do not speak for what stands behind.
func StockPage(server string, status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return ""
	}
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	if own, ok := pageTitles[status]; ok {
		title = strconv.Itoa(status) + " " + own
	}
	signature := ""
	if server != "" {
		signature = "<hr><center>" + server + "</center>\r\n"
	}
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n" +
		signature + "</body>\r\n</html>\r\n"
}
