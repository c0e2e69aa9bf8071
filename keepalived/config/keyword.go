package config

import "sync"

// block is what stands in a pair of braces; a keyword may live in several.
type block uint64

const (
	inRoot block = 1 << iota
	inGlobal
	inInstance
	inAuth
	inHMAC
	inGroup
	inScript
	inProcess
	inFile
	inBFD
	inGateway
	inGARPGroup
	inTrackGroup
	inSSL
	inServer
	inReal
	inTCP
	inHTTP
	inSSLGet
	inURL
	inMisc
	inSMTP
	inSMTPHost
	inDNS
	inUDP
	inPing
	inFileCheck
	inBFDCheck
	inHeartbeat
	inTieBreak

	lines block = 1 << 63 // lines without keywords: addresses, names
	none  block = 0
)

// checks are the blocks of checkers with the settings of a connection.
const (
	inHTTPs    = inHTTP | inSSLGet
	inConnects = inTCP | inHTTPs | inSMTP | inDNS | inUDP | inPing
	inChecks   = inConnects | inMisc
)

// keyword is a row of the table: all there is to know about a keyword.
type keyword struct {
	name string
	old  []string // older names
	in   block
	args string // what follows it
	need int    // how many words must
	def  string // what holds without it
	// set makes a field of the words; true leaves the block out that follows.
	set   func(r *reader, words []string) (skip bool)
	body  block           // what its braces hold
	end   func(r *reader) // at the closing brace
	who   Who             // of a root: the processes that read it
	idle  bool            // nothing is done with it, which is told
	lacks string          // what an idle one asks for and we don't have, which is told without -D, too
	ours  bool            // no word of keepalived
	newer bool            // not known to 2.2.7, which our texts are held against
	doc   string
}

// names of the blocks, for the reference.
var blockNames = map[block]string{
	inRoot: "", inGlobal: "global_defs", inInstance: "vrrp_instance", inAuth: "authentication", inHMAC: "auth_hmac",
	inGroup: "vrrp_sync_group", inScript: "vrrp_script", inProcess: "vrrp_track_process", inFile: "track_file",
	inBFD: "bfd_instance", inGateway: "track_gateway", inGARPGroup: "garp_group", inTrackGroup: "track_group", inSSL: "SSL",
	inServer: "virtual_server", inReal: "real_server", inTCP: "TCP_CHECK", inHTTP: "HTTP_GET", inSSLGet: "SSL_GET",
	inURL: "url", inMisc: "MISC_CHECK", inSMTP: "SMTP_CHECK", inSMTPHost: "host", inDNS: "DNS_CHECK", inUDP: "UDP_CHECK",
	inPing: "PING_CHECK", inFileCheck: "FILE_CHECK", inBFDCheck: "BFD_CHECK",
	inHeartbeat: "heartbeat", inTieBreak: "tie_break",
}

// table is all rows, in the order of the reference.
func table() [][]keyword {
	return [][]keyword{rootRows, globalRows, mailRows, scriptGlobalRows, processRows, vrrpGlobalRows, lvsGlobalRows, otherGlobalRows,
		instanceRows, instanceNetRows, instanceTuneRows, splitRows, trackRows, notifyRows, groupRows, authRows, scriptRows, objectRows, bfdRows, gatewayRows, garpRows,
		serverRows, sharedRows, realRows, checkRows, checkerRows}
}

// keywords finds a row by block and name. It is made once; the rows name
// functions that use it, which is why it can't be made where it is declared.
var keywords = sync.OnceValue(func() map[block]map[string]*keyword {
	all := map[block]map[string]*keyword{}
	for _, rows := range table() {
		for i := range rows {
			k := &rows[i]
			for b := range blockNames {
				if k.in&b == 0 {
					continue
				}
				if all[b] == nil {
					all[b] = map[string]*keyword{}
				}
				for _, name := range append([]string{k.name}, k.old...) {
					all[b][name] = k
				}
			}
		}
	}
	return all
})
