package declarative

import (
	"strconv"

	"go.yaml.in/yaml/v4"

	"moongate/gateway/schema"
)

// Lines finds the lines of a file that pointers lead to.
type Lines struct{ root *yaml.Node }

// NewLines reads a file that Parse has read.
func NewLines(text []byte) *Lines {
	root := new(yaml.Node)
	if yaml.Load(text, root) != nil || len(root.Content) != 1 {
		return &Lines{}
	}
	return &Lines{root.Content[0]}
}

// Of is the line of what a pointer leads to, or of the nearest thing around it: a
// field that is missing has none. 0 is no line at all.
func (l *Lines) Of(pointer string) int {
	n := l.root
	if n == nil {
		return 0
	}
	line := n.Line
	for _, name := range schema.Split(pointer) {
		for n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		key, next := step(n, name)
		if next == nil {
			break
		}
		n, line = next, key.Line
	}
	return line
}

// step is what a name stands for in a node, and where it begins.
func step(n *yaml.Node, name string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
