package nftables

// Kind is what a message is about. The numbers here are those of linux/netfilter/nf_tables.h
// and nfnetlink.h.
type Kind uint16

const (
	newTable   Kind = 0
	delTable   Kind = 2
	newChain   Kind = 3
	delChain   Kind = 5
	newRule    Kind = 6
	GetRule    Kind = 7 // lists the rules of a table
	delRule    Kind = 8
	newSet     Kind = 9
	delSet     Kind = 11
	newElement Kind = 12
	delElement Kind = 14
)

const (
	subsystem            = 10 // NFNL_SUBSYS_NFTABLES
	batchBegin, batchEnd = 16, 17

	request, ack, create, appends = 1, 4, 0x400, 0x800 // NLM_F_...
)

// Attributes.
const (
	tableName, tableFlags = 1, 2

	chainTable, chainName, chainHook, chainPolicy, chainType = 1, 3, 4, 5, 7
	hookNumber, hookPriority                                 = 1, 2

	ruleTable, ruleChain, ruleExpressions = 1, 2, 4

	setTable, setName, setFlags, setKeyType, setKeyLen = 1, 2, 3, 4, 5
	setDataType, setDataLen, setDesc, setID            = 6, 7, 9, 10
	setTimeout, setUserData                            = 11, 13
	setDescSize                                        = 1

	elementsTable, elementsSet, elementsList, elementsSetID = 1, 2, 3, 4
	elementKey, elementData                                 = 1, 2

	listElement                    = 1
	expressionName, expressionData = 1, 2
	dataValue, dataVerdict         = 1, 2
)

// Of rules, for those who read them.
const (
	RuleTable       = ruleTable
	RuleChain       = ruleChain
	RuleExpressions = ruleExpressions
	ExpressionName  = expressionName
	ExpressionData  = expressionData
)
