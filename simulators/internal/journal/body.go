package journal

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// body redacts a body. What is JSON is read as such whatever its type says:
// clients send it as forms and as text. What cannot be read is hidden whole
// where it might hold a secret.
func (r *redactor) body(raw, contentType string) string {
	if raw == "" {
		return ""
	}
	if r.role != nil && json.Valid([]byte(raw)) {
		return r.json(raw)
	}
	if doc := strings.TrimSpace(raw); doc != "" && (doc[0] == '{' || doc[0] == '[') && json.Valid([]byte(raw)) {
		return r.json(raw)
	}
	media, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "application/x-www-form-urlencoded":
		return r.pairs(raw, "+")
	case "multipart/form-data":
		if out, ok := r.multipart(raw, contentType); ok {
			return out
		}
	default:
		if r.form {
			return r.pairs(raw, "+")
		}
	}
	if r.strict || len(r.Fields) > 0 || len(r.Names) > 0 || SecretName(raw) {
		return r.hide(raw)
	}
	return r.text(raw)
}

// multipart redacts a form in parts; ok is false where it is none, and in a
// request without a tenant, since the names in it are anybody's.
func (r *redactor) multipart(raw, contentType string) (string, bool) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || r.strict {
		return "", false
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if w.SetBoundary(params["boundary"]) != nil {
		return "", false
	}
	for in := multipart.NewReader(strings.NewReader(raw), params["boundary"]); ; {
		part, err := in.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil || r.part(w, part) != nil {
			return "", false
		}
	}
	err = w.Close()
	return out.String(), err == nil
}

func (r *redactor) part(w *multipart.Writer, part *multipart.Part) error {
	content, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	header := textproto.MIMEHeader{}
	for name, values := range part.Header {
		for _, v := range values {
			header.Add(name, r.text(v))
		}
	}
	to, err := w.CreatePart(header)
	if err != nil {
		return err
	}
	value := string(content)
	if r.secret(r.Fields, part.FormName(), value) {
		value = r.hide(value)
	} else if value != "" && json.Valid(content) && strings.ContainsAny(value[:1], "{[") {
		value = r.json(value)
	} else {
		value = r.text(value)
	}
	_, err = io.WriteString(to, value)
	return err
}
