package etcd

// What is said to etcd and what it answers, as its JSON has them: 64-bit numbers
// are strings, bytes are base64.

type keyValue struct {
	Key         []byte `json:"key"`
	Value       []byte `json:"value"`
	ModRevision int64  `json:"mod_revision,string"`
}

type header struct {
	Revision int64 `json:"revision,string"`
}

type rangeRequest struct {
	Key        []byte `json:"key"`
	End        []byte `json:"range_end,omitempty"`
	Limit      int64  `json:"limit,omitempty,string"`
	Revision   int64  `json:"revision,omitempty,string"`
	SortOrder  string `json:"sort_order,omitempty"`
	SortTarget string `json:"sort_target,omitempty"`
	CountOnly  bool   `json:"count_only,omitempty"`
}

type rangeResponse struct {
	Header header     `json:"header"`
	Kvs    []keyValue `json:"kvs"`
}

type putRequest struct {
	Key         []byte `json:"key"`
	Value       []byte `json:"value,omitempty"`
	Lease       int64  `json:"lease,omitempty,string"`
	IgnoreValue bool   `json:"ignore_value,omitempty"`
}

type deleteRequest struct {
	Key []byte `json:"key"`
	End []byte `json:"range_end,omitempty"`
}

// op is one of three.
type op struct {
	Range  *rangeRequest  `json:"request_range,omitempty"`
	Put    *putRequest    `json:"request_put,omitempty"`
	Delete *deleteRequest `json:"request_delete_range,omitempty"`
}

// compare holds a transaction back unless a key was last changed by a revision.
type compare struct {
	Key         []byte `json:"key"`
	Target      string `json:"target"`
	Result      string `json:"result"`
	ModRevision int64  `json:"mod_revision,string"`
}

type txnRequest struct {
	If   []compare `json:"compare,omitempty"`
	Then []op      `json:"success"`
}

type txnResponse struct {
	Header    header `json:"header"`
	Succeeded bool   `json:"succeeded"`
	Responses []struct {
		Range *rangeResponse `json:"response_range"`
	} `json:"responses"`
}

type leaseRequest struct {
	TTL int64 `json:"TTL,string"`
}

type leaseResponse struct {
	ID int64 `json:"ID,string"`
}

type loginRequest struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

type loginResponse struct {
	Token string `json:"token"`
}

type watchRequest struct {
	Create struct {
		Key     []byte   `json:"key"`
		End     []byte   `json:"range_end,omitempty"`
		Start   int64    `json:"start_revision,string"`
		Filters []string `json:"filters,omitempty"`
	} `json:"create_request"`
}

// watchMessage is one of the many that a watch is answered with.
type watchMessage struct {
	Result *struct {
		Created         bool   `json:"created"`
		Canceled        bool   `json:"canceled"`
		CancelReason    string `json:"cancel_reason"`
		CompactRevision int64  `json:"compact_revision,string"`
		Events          []struct {
			Type string   `json:"type"` // absent for PUT
			Kv   keyValue `json:"kv"`
		} `json:"events"`
	} `json:"result"`
	Error *fault `json:"error"`
}

// fault is what etcd refuses with; the codes are gRPC's.
type fault struct {
	Code     int    `json:"code"`
	GRPCCode int    `json:"grpc_code"` // in a stream, before etcd 3.6
	Message  string `json:"message"`
	Status   int    `json:"-"` // HTTP's
}

func (f *fault) Error() string { return f.Message }

const (
	codeOutOfRange      = 11
	codeUnauthenticated = 16
)

// compacted says that a revision was asked for that etcd has thrown away.
func (f *fault) compacted() bool { return f.Code == codeOutOfRange }

// unknownUser says that a login is needed, or needed again.
func (f *fault) unknownUser() bool {
	switch f.Message {
	case "etcdserver: user name is empty", "etcdserver: revision of auth store is old":
		return true
	}
	return f.Code == codeUnauthenticated
}

// untouched says that nothing was done, and another member may do it.
func (f *fault) untouched() bool { return f.Message == "etcdserver: no leader" }

func put(key, value string) op {
	return op{Put: &putRequest{Key: []byte(key), Value: []byte(value)}}
}

func remove(key string) op { return op{Delete: &deleteRequest{Key: []byte(key)}} }

func removeAll(prefix string) op {
	return op{Delete: &deleteRequest{Key: []byte(prefix), End: []byte(after(prefix))}}
}

func get(key string) *rangeRequest { return &rangeRequest{Key: []byte(key)} }

func getAll(prefix string) *rangeRequest {
	return &rangeRequest{Key: []byte(prefix), End: []byte(after(prefix))}
}

// after is the first key behind all that begin with a prefix. Ours end in "/".
func after(prefix string) string {
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}
