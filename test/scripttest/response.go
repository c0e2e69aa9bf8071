package scripttest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// response is an answer as it came: header order, case and repeats are kept.
type response struct {
	line    string // status line without its end
	code    int
	headers [][2]string
	head    string // status line and headers, raw
	body    string
	closes  bool // the peer says or shows that the connection ends here
}

func (r *response) get(name string) (string, bool) {
	for _, h := range r.headers {
		if strings.EqualFold(h[0], name) {
			return h[1], true
		}
	}
	return "", false
}

// readResponse reads one answer to a request with this method. An interim 1xx
// answer is returned as it is, 101 included.
func readResponse(br *bufio.Reader, method string) (*response, error) {
	r := &response{}
	line, err := br.ReadString('\n')
	if err != nil {
		if line != "" {
			return nil, fmt.Errorf("half a status line %q: %w", line, err)
		}
		return nil, err
	}
	r.head = line
	r.line = strings.TrimRight(line, "\r\n")
	if !strings.HasPrefix(r.line, "HTTP/1.") {
		// HTTP/0.9: all is body, up to the end.
		rest, err := io.ReadAll(br)
		r.body, r.head, r.line, r.closes = line+string(rest), "", "", true
		return r, err
	}
	if f := strings.SplitN(r.line, " ", 3); len(f) >= 2 {
		r.code, err = strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("status line %q", r.line)
		}
	}
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("in the headers: %w", err)
		}
		r.head += line
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		k, v, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("header line %q", line)
		}
		r.headers = append(r.headers, [2]string{k, strings.TrimSpace(v)})
	}
	if c, _ := r.get("Connection"); strings.EqualFold(c, "close") {
		r.closes = true
	}
	return r, r.readBody(br, method)
}

func (r *response) readBody(br *bufio.Reader, method string) error {
	if method == "HEAD" || r.code/100 == 1 || r.code == 204 || r.code == 304 {
		return nil
	}
	if te, ok := r.get("Transfer-Encoding"); ok && strings.EqualFold(te, "chunked") {
		b, err := readChunked(br)
		r.body = b
		return err
	}
	if cl, ok := r.get("Content-Length"); ok {
		n, err := strconv.Atoi(cl)
		if err != nil {
			return fmt.Errorf("Content-Length %q", cl)
		}
		b := make([]byte, n)
		got, err := io.ReadFull(br, b)
		r.body = string(b[:got])
		if err != nil {
			return fmt.Errorf("body ends after %d of %d bytes", got, n)
		}
		return nil
	}
	r.closes = true
	b, err := io.ReadAll(br)
	r.body = string(b)
	return err
}

// readChunked is strict: what it refuses, a client may refuse.
func readChunked(br *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return b.String(), fmt.Errorf("chunked body is cut short: %w", err)
		}
		size, _, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || !strings.HasSuffix(line, "\r\n") {
			return b.String(), fmt.Errorf("chunk size line %q", line)
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&b, br, n); err != nil {
			return b.String(), fmt.Errorf("chunked body is cut short: %w", err)
		}
		if end, err := br.Peek(2); err != nil || string(end) != "\r\n" {
			return b.String(), errors.New("no CRLF after a chunk")
		}
		br.Discard(2)
	}
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return b.String(), fmt.Errorf("in the trailers: %w", err)
		}
		if line == "\r\n" {
			return b.String(), nil
		}
	}
}
