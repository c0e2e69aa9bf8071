package ipvs

// Commands of the family IPVS.
const (
	cmdNewService = 1 + iota
	cmdSetService
	cmdDelService
	cmdGetService
	cmdNewDest
	cmdSetDest
	cmdDelDest
	cmdGetDest
	cmdNewDaemon
	cmdDelDaemon
	cmdGetDaemon
	cmdSetConfig
	cmdGetConfig
	cmdSetInfo
	cmdGetInfo
	cmdZero
	cmdFlush
)

// Attributes of a command.
const (
	attrService = 1 + iota
	attrDest
	attrDaemon
	attrTimeoutTCP
	attrTimeoutFin
	attrTimeoutUDP
)

// Attributes of a service.
const (
	svcFamily = 1 + iota
	svcProtocol
	svcAddr
	svcPort
	svcFwMark
	svcScheduler
	svcFlags
	svcTimeout
	svcNetmask
	svcStats
	svcEngine
	svcStats64
)

// Attributes of a destination.
const (
	destAddr = 1 + iota
	destPort
	destMethod
	destWeight
	destUpper
	destLower
	destActive
	destInactive
	destPersistent
	destStats
	destFamily
	destStats64
	destTunnel
	destTunnelPort
	destTunnelFlags
)

// Attributes of a daemon.
const (
	daemonState = 1 + iota
	daemonInterface
	daemonID
	daemonMaxLen
	daemonGroup
	daemonGroup6
	daemonPort
	daemonTTL
)

// Attributes of statistics, of 32 and of 64 bits.
const (
	statConns = 1 + iota
	statIn
	statOut
	statBytesIn
	statBytesOut
)

// Attributes of what GET_INFO answers.
const (
	infoVersion = 1 + iota
	infoTableSize
)
