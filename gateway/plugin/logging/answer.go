package logging

import (
	"bufio"
	"errors"
	"io"
	"net/textproto"
	"strconv"
	"strings"
)

// mostBody is how much of an answer is read; of a longer one the connection is given up.
const mostBody = 64 << 10

var errAnswer = errors.New("the answer is not HTTP/1")

// Answer is what an HTTP server says.
type Answer struct {
	Status int
	Header textproto.MIMEHeader
	Body   string
	Keep   bool // the connection may be used again
}

// ReadAnswer reads an answer.
func ReadAnswer(in *bufio.Reader) (*Answer, error) {
	for { // 100 Continue is not the answer yet
		t := textproto.NewReader(in)
		line, err := t.ReadLine()
		if err != nil {
			return nil, err
		}
		version, rest, _ := strings.Cut(line, " ")
		code, _, _ := strings.Cut(rest, " ")
		status, err := strconv.Atoi(code)
		if err != nil || !strings.HasPrefix(version, "HTTP/1.") || status < 100 {
			return nil, errAnswer
		}
		h, err := t.ReadMIMEHeader()
		if err != nil {
			return nil, err
		}
		if status < 200 {
			continue
		}
		body, whole, err := remainder(in, status, h)
		keep := whole && version == "HTTP/1.1" && !strings.EqualFold(h.Get("Connection"), "close")
		return &Answer{status, h, body, keep}, err
	}
}

// remainder reads the body; whole tells that the connection stands behind it.
func remainder(in *bufio.Reader, status int, h textproto.MIMEHeader) (body string, whole bool, err error) {
	switch {
	case status == 204 || status == 304:
		return "", true, nil
	case h.Get("Transfer-Encoding") != "":
		// Chunks are of use for the error log only: what has come with the header will do.
		b, err := in.Peek(in.Buffered())
		return string(b), false, err
	case h.Get("Content-Length") != "":
		n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
		if err != nil || n < 0 {
			return "", false, errAnswer
		}
		b := make([]byte, min(n, mostBody))
		_, err = io.ReadFull(in, b)
		return string(b), n <= mostBody, err
	}
	b, err := io.ReadAll(io.LimitReader(in, mostBody))
	return string(b), false, err
}
