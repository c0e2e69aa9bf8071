package redis

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Reply is an answer: a text, a number, a list of others, or Nil.
type Reply struct {
	Nil  bool
	Text string
	Int  int64
	List []Reply
}

// Error is an answer that says what was wrong with the command.
type Error string

func (e Error) Error() string { return string(e) }

const (
	maxText  = 64 << 20
	maxList  = 1 << 20
	maxDepth = 8
)

var errProtocol = errors.New("the answer is none of Redis")

func appendCommand(b []byte, args []string) []byte {
	b = append(b, '*')
	b = strconv.AppendInt(b, int64(len(args)), 10)
	for _, a := range args {
		b = append(b, "\r\n$"...)
		b = strconv.AppendInt(b, int64(len(a)), 10)
		b = append(b, "\r\n"...)
		b = append(b, a...)
	}
	return append(b, "\r\n"...)
}

// read reads one answer (RESP2).
func read(in *bufio.Reader, depth int) (Reply, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Reply{}, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return Reply{}, errProtocol
	}
	text := string(line[1 : len(line)-2])
	switch line[0] {
	case '+':
		return Reply{Text: text}, nil
	case '-':
		return Reply{}, Error(text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return Reply{}, errProtocol
	}
	switch {
	case line[0] == ':':
		return Reply{Int: n}, nil
	case n == -1 && (line[0] == '$' || line[0] == '*'):
		return Reply{Nil: true}, nil
	case line[0] == '$' && n >= 0 && n <= maxText:
		b := make([]byte, n+2)
		if _, err := io.ReadFull(in, b); err != nil {
			return Reply{}, err
		}
		return Reply{Text: string(b[:n])}, nil
	case line[0] == '*' && n >= 0 && n <= maxList && depth < maxDepth:
		return readList(in, int(n), depth)
	}
	return Reply{}, errProtocol
}

func readList(in *bufio.Reader, n, depth int) (Reply, error) {
	r := Reply{List: []Reply{}}
	for range n {
		e, err := read(in, depth+1)
		var said Error
		if errors.As(err, &said) {
			e, err = Reply{Text: string(said)}, nil
		}
		if err != nil {
			return Reply{}, err
		}
		r.List = append(r.List, e)
	}
	return r, nil
}

// Ints are the numbers of a list.
func (r *Reply) Ints(into []int64) ([]int64, error) {
	for i := range r.List {
		if e := &r.List[i]; e.Nil || e.Text != "" || e.List != nil {
			return nil, fmt.Errorf("%w: element %d of a list is no number", errProtocol, i)
		}
		into = append(into, r.List[i].Int)
	}
	return into, nil
}

func isNoScript(err error) bool {
	var e Error
	return errors.As(err, &e) && strings.HasPrefix(string(e), "NOSCRIPT")
}
